using Kener.Contracts;
using Kener.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Kener.Agent.Results;

/// <summary>Results from the buffer's front, of that segment, which they use up to there.</summary>
internal sealed record Batch(IReadOnlyList<CheckResult> Results, Segment? Segment, long End);

/// <summary>
/// Results that are not yet reported, in files to which lines are only ever added: what was written survives the process, whatever becomes
/// of it. When the files have reached their size the oldest goes. What the disk does not take is kept in memory.
/// </summary>
internal sealed class ResultBuffer : IDisposable
{
    private const int MostInMemory = 10_000;
    private readonly Lock _turn = new();
    private readonly string _folder;
    private readonly long _cap;
    private readonly ILogger<ResultBuffer> _log;
    private readonly FileStream _claim;
    private readonly List<Segment> _segments;
    private readonly Queue<CheckResult> _unwritten = [];
    // Never a file of a process before: its last line may be cut off.
    private Segment? _writing;
    private long _read;

    public ResultBuffer(IOptions<AgentSettings> settings, ILogger<ResultBuffer> log) : this(settings.Value.BufferPath!, (long)settings.Value.BufferMiB << 20, log)
    {
    }

    internal ResultBuffer(string folder, long cap, ILogger<ResultBuffer> log)
    {
        (_folder, _cap, _log) = (folder, cap, log);
        _claim = Claim(folder);
        _segments = Segment.All(folder);
    }

    /// <summary>Bytes on disk that are not yet reported.</summary>
    public long Size
    {
        get
        {
            lock (_turn) return _segments.Sum(segment => segment.Length) - _read;
        }
    }

    /// <summary>Adds these at the end.</summary>
    public void Append(IReadOnlyList<CheckResult> results)
    {
        if (results.Count == 0) return;
        lock (_turn)
        {
            try
            {
                Writable().Append(results);
                DropOldest();
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                if (_unwritten.Count == 0) _log.LogError("Results can not be written to {Folder} and are kept in memory: {Reason}", _folder, fault.Message);
                foreach (var result in results) _unwritten.Enqueue(result);
                while (_unwritten.Count > MostInMemory) _unwritten.Dequeue();
            }
        }
    }

    /// <summary>The oldest, at most so many; null where there is none. They stay until they are acknowledged.</summary>
    public Batch? Peek(int most)
    {
        lock (_turn)
        {
            while (_segments is [var first, ..] && (first != _writing || first.Length > 0))
            {
                var (results, end) = first.Read(_read, most);
                if (results.Count > 0) return new Batch(results, first, end);
                Forget(end);
            }
            return _unwritten.Count == 0 ? null : new Batch([.. _unwritten.Take(most)], null, Math.Min(most, _unwritten.Count));
        }
    }

    /// <summary>These are where they belong: they are forgotten here.</summary>
    public void Acknowledge(Batch batch)
    {
        lock (_turn)
        {
            if (batch.Segment is null) for (var i = 0; i < batch.End && _unwritten.TryDequeue(out _); i++) { }
            // Else it was the oldest of a full buffer meanwhile.
            else if (_segments is [var first, ..] && first == batch.Segment) Forget(batch.End);
        }
    }

    /// <summary>Ends the use of the folder; the files stay.</summary>
    public void Dispose()
    {
        foreach (var segment in _segments) segment.Dispose();
        _claim.Dispose();
    }

    private Segment Writable()
    {
        if (_writing is { IsFull: false }) return _writing;
        var next = Segment.Create(_folder, _segments is [.., var last] ? last.Number + 1 : 1, _cap);
        _segments.Add(next);
        return _writing = next;
    }

    /// <summary>The first segment is done with up to there; it goes when nothing of it is left.</summary>
    private void Forget(long end)
    {
        _read = end;
        if (end < _segments[0].Length) return;
        _read = 0;
        if (_segments[0] == _writing) _writing.Empty();
        else DropFirst();
    }

    private void DropFirst()
    {
        _segments[0].Delete();
        _segments.RemoveAt(0);
        _read = 0;
    }

    private void DropOldest()
    {
        while (_segments.Count > 1 && _segments.Sum(segment => segment.Length) > _cap)
        {
            _log.LogWarning("The buffer of results is full: the oldest {Bytes} bytes are dropped", _segments[0].Length - _read);
            DropFirst();
        }
    }

    private static FileStream Claim(string folder)
    {
        try
        {
            OwnerOnly.CreateFolder(folder);
            var claim = OwnerOnly.Claim(Path.Combine(folder, "lock"));
            // An earlier release left the folder and its files open to other users.
            OwnerOnly.Close(folder);
            foreach (var file in Directory.EnumerateFiles(folder, "*" + Segment.Extension)) OwnerOnly.Close(file);
            return claim;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{folder} can not be used ({fault.Message}): another agent may be using it; give Kener__Agent__BufferPath");
        }
    }
}

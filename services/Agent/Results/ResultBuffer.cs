using Kener.Contracts;
using Kener.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Kener.Agent.Results;

/// <summary>
/// Results from the front of the buffer. <paramref name="End"/> is the offset behind them in <paramref name="Segment"/>; without a segment, the
/// results are those in memory, and it is their number.
/// </summary>
internal sealed record Batch(IReadOnlyList<CheckResult> Results, Segment? Segment, long End);

/// <summary>
/// Results that are not reported yet, in append-only files: what was written survives the process, however it ends. When the files reach their
/// maximum size, the oldest is deleted. Results that cannot be written to disk are kept in memory.
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
    // Never a file of an earlier process: its last line may be cut off.
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

    /// <summary>Bytes on disk that are not reported yet.</summary>
    public long Size
    {
        get
        {
            lock (_turn) return _segments.Sum(segment => segment.Length) - _read;
        }
    }

    /// <summary>Appends the results.</summary>
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
                if (_unwritten.Count == 0) _log.LogError("Results could not be written to {Folder} and are kept in memory: {Reason}. Check the disk and the permissions", _folder, fault.Message);
                foreach (var result in results) _unwritten.Enqueue(result);
                while (_unwritten.Count > MostInMemory) _unwritten.Dequeue();
            }
        }
    }

    /// <summary>Returns the oldest results, at most so many; null if there are none. They stay in the buffer until acknowledged.</summary>
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

    /// <summary>Removes results that were reported.</summary>
    public void Acknowledge(Batch batch)
    {
        lock (_turn)
        {
            if (batch.Segment is null) for (var i = 0; i < batch.End && _unwritten.TryDequeue(out _); i++) { }
            // Otherwise the full buffer has dropped the segment meanwhile.
            else if (_segments is [var first, ..] && first == batch.Segment) Forget(batch.End);
        }
    }

    /// <summary>Releases the folder; the files stay.</summary>
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

    /// <summary>Removes the start of the first segment, up to that offset, and the segment itself once nothing is left of it.</summary>
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
            _log.LogWarning("The result buffer is full: the oldest {Bytes} bytes were dropped. Raise Kener__Agent__BufferMiB to keep more", _segments[0].Length - _read);
            DropFirst();
        }
    }

    private static FileStream Claim(string folder)
    {
        try
        {
            OwnerOnly.CreateFolder(folder);
            var claim = OwnerOnly.Claim(Path.Combine(folder, "lock"));
            // An earlier release created the folder and its files with access for other users.
            OwnerOnly.Close(folder);
            foreach (var file in Directory.EnumerateFiles(folder, "*" + Segment.Extension)) OwnerOnly.Close(file);
            return claim;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"The buffer folder {folder} cannot be used ({fault.Message}). Another agent may be using it: set Kener__Agent__BufferPath to another folder");
        }
    }
}

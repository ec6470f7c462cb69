using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Microsoft.Win32.SafeHandles;

namespace Kener.Agent.Results;

/// <summary>A file of results, one a line. Lines are only added at its end; it goes as a whole.</summary>
internal sealed class Segment : IDisposable
{
    /// <summary>How the names of the files end.</summary>
    public const string Extension = ".results";
    private const long Largest = 4 << 20;
    /// <summary>Below what a gateway takes in one request.</summary>
    private const int LargestRead = 512 * 1024;
    private readonly string _path;
    private readonly long _full;
    private SafeFileHandle? _writing;

    private Segment(string path, long number, long length, long full) => (_path, Number, Length, _full) = (path, number, length, full);

    /// <summary>Grows from each segment to the next.</summary>
    public long Number { get; }

    /// <summary>Bytes of whole lines; of a file that a process left behind, all bytes.</summary>
    public long Length { get; private set; }

    public bool IsFull => Length >= _full;

    /// <summary>Those that are there, the oldest first.</summary>
    public static List<Segment> All(string folder) => [.. Directory.GetFiles(folder, "*" + Extension)
        .Select(path => long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new Segment(path, number, new FileInfo(path).Length, 0) : null)
        .OfType<Segment>().OrderBy(segment => segment.Number)];

    /// <summary>A new one, to write to; several of them make up the cap.</summary>
    public static Segment Create(string folder, long number, long cap)
    {
        var path = Path.Combine(folder, number.ToString("D12", CultureInfo.InvariantCulture) + Extension);
        // Results may hold what a monitored server answered, so other users must not read them.
        OwnerOnly.CreateFile(path).Dispose();
        return new Segment(path, number, 0, Math.Min(Largest, cap / 4))
        {
            _writing = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete),
        };
    }

    /// <summary>Adds a line for each; all or none.</summary>
    public void Append(IReadOnlyList<CheckResult> results)
    {
        var lines = Lines(results);
        try
        {
            RandomAccess.Write(_writing!, lines.Span, Length);
        }
        catch
        {
            RandomAccess.SetLength(_writing!, Length);
            throw;
        }
        Length += lines.Length;
    }

    /// <summary>
    /// The results from there on, at most so many, and where they end. A line that can not be read is passed over, and so is the last one if a
    /// kill cut it off.
    /// </summary>
    public (IReadOnlyList<CheckResult> Results, long End) Read(long from, int most)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(LargestRead);
        try
        {
            using var handle = File.OpenHandle(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var read = RandomAccess.Read(handle, buffer.AsSpan(0, (int)Math.Min(LargestRead, Length - from)), from);
            List<CheckResult> results = [];
            var start = 0;
            while (results.Count < most && buffer.AsSpan(start, read - start).IndexOf((byte)'\n') is var length and >= 0)
            {
                if (Parse(buffer.AsSpan(start, length)) is { } result) results.Add(result);
                start += length + 1;
            }
            // Without a line's end in all of it there is no line in it.
            return (results, start == 0 ? from + Math.Max(read, 1) : from + start);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return ([], Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Nothing is in it any more, and it can be written to again.</summary>
    public void Empty()
    {
        RandomAccess.SetLength(_writing!, 0);
        Length = 0;
    }

    public void Delete()
    {
        Dispose();
        try
        {
            File.Delete(_path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // It is reported again at the next start, which does no harm.
        }
    }

    public void Dispose() => _writing?.Dispose();

    private static ReadOnlyMemory<byte> Lines(IReadOnlyList<CheckResult> results)
    {
        var lines = new ArrayBufferWriter<byte>(results.Count * 128);
        using var json = new Utf8JsonWriter(lines);
        foreach (var result in results)
        {
            JsonSerializer.Serialize(json, result, AgentJson.Default.CheckResult);
            json.Flush();
            lines.Write("\n"u8);
            json.Reset();
        }
        return lines.WrittenMemory;
    }

    private static CheckResult? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, AgentJson.Default.CheckResult);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

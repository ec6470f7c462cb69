using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Microsoft.Win32.SafeHandles;

namespace Kener.Agent.Results;

/// <summary>A file of results, one per line. Lines are only appended; the file is deleted as a whole.</summary>
internal sealed class Segment : IDisposable
{
    /// <summary>The extension of the files.</summary>
    public const string Extension = ".results";
    private const long Largest = 4 << 20;
    /// <summary>Less than the gateway accepts in one request.</summary>
    private const int LargestRead = 512 * 1024;
    private readonly string _path;
    private readonly long _full;
    private SafeFileHandle? _writing;

    private Segment(string path, long number, long length, long full) => (_path, Number, Length, _full) = (path, number, length, full);

    /// <summary>Number of the segment; increases from one to the next.</summary>
    public long Number { get; }

    /// <summary>Bytes of complete lines; for a file that an earlier process left, its whole size.</summary>
    public long Length { get; private set; }

    public bool IsFull => Length >= _full;

    /// <summary>Returns the existing segments, oldest first.</summary>
    public static List<Segment> All(string folder) => [.. Directory.GetFiles(folder, "*" + Extension)
        .Select(path => long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new Segment(path, number, new FileInfo(path).Length, 0) : null)
        .OfType<Segment>().OrderBy(segment => segment.Number)];

    /// <summary>
    /// Creates a segment to write to. It is full at a quarter of the cap at most, so that only part of the results is dropped at once.
    /// </summary>
    public static Segment Create(string folder, long number, long cap)
    {
        var path = Path.Combine(folder, number.ToString("D12", CultureInfo.InvariantCulture) + Extension);
        // Results may contain what a monitored server answered, so other users must not be able to read them.
        OwnerOnly.CreateFile(path).Dispose();
        return new Segment(path, number, 0, Math.Min(Largest, cap / 4))
        {
            _writing = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete),
        };
    }

    /// <summary>Appends one line per result; all or none.</summary>
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
    /// Returns the results from that offset on, at most so many, and the offset behind them. Skips lines that cannot be parsed, such as a last line
    /// that a kill of the process cut off.
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
            // Without any line end, the bytes read contain no complete line: skip them.
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

    /// <summary>Truncates the file, to be written to again from its start.</summary>
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
            // Its results are reported again after the next start, which changes nothing.
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

using System.Buffers;
using System.IO.Compression;

namespace Kener.ServiceDefaults.Snapshots;

/// <summary>Compresses pages for clients that accept brotli or gzip.</summary>
public static class Packing
{
    // Quality 5 takes a millisecond for a page of 50 monitors, which then fits, headers included, into what a server may send before the client
    // acknowledges it. Quality 4 takes half of that, but adds 0.9 KB, and so a round trip for the visitor; 11 takes a hundred times as long.
    private const int BrotliQuality = 5, BrotliWindow = 22;

    /// <summary>Compresses the bytes with brotli.</summary>
    public static byte[] Brotli(byte[] body)
    {
        var room = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(body.Length));
        try
        {
            return BrotliEncoder.TryCompress(body, room, out var length, BrotliQuality, BrotliWindow)
                ? room[..length] : throw new InvalidOperationException("The buffer is too small for the compressed page");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(room);
        }
    }

    internal static byte[] Gzip(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(body);
        return packed.ToArray();
    }
}

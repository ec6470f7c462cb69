using System.Buffers;
using System.IO.Compression;

namespace Kener.ServiceDefaults;

/// <summary>Pages as they are sent to those who take brotli, or gzip.</summary>
public static class Packing
{
    // A millisecond for a page of 50 monitors, which then fits, headers included, into what a server may send before it hears from the client.
    // 4 would take half of that, but 0.9 KB more, and so another journey for whoever looks; 11 a hundred times as long.
    private const int BrotliQuality = 5, BrotliWindow = 22;

    /// <summary>The bytes in brotli.</summary>
    public static byte[] Brotli(byte[] body)
    {
        var room = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(body.Length));
        try
        {
            return BrotliEncoder.TryCompress(body, room, out var length, BrotliQuality, BrotliWindow)
                ? room[..length] : throw new InvalidOperationException("There is always room for a packed page");
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

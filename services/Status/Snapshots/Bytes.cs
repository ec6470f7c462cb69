using System.Buffers;
using System.Buffers.Text;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Kener.ServiceDefaults;
using Kener.Ui;

namespace Kener.Status.Snapshots;

/// <summary>A page as bytes.</summary>
internal static class Bytes
{
    // A millisecond for a page of 50 monitors, which then fits into what a server may send before it hears from the client. 3 would take a
    // third of that and 2 KB more, 11 a hundred times as long.
    private const int BrotliQuality = 5, BrotliWindow = 22;

    /// <summary>The same document with the same policy always has the same tag, and another one never.</summary>
    public static string ETagOf(RenderedPage page)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(page.ContentSecurityPolicy + "\n"));
        hash.AppendData(page.Body);
        return $"\"{Base64Url.EncodeToString(hash.GetHashAndReset().AsSpan(0, 18))}\"";
    }

    /// <summary>The page in brotli.</summary>
    public static byte[]? Pack(this RenderedPage page)
    {
        var room = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(page.Body.Length));
        var packed = BrotliEncoder.TryCompress(page.Body, room, out var length, BrotliQuality, BrotliWindow) ? room[..length] : null;
        ArrayPool<byte>.Shared.Return(room);
        return packed;
    }

    public static Snapshot ToSnapshot(this RenderedPage page, byte[]? brotli, string key, long version, string etag, long madeMs) => new()
    {
        Key = key,
        Version = version,
        ContentType = "text/html; charset=utf-8",
        ETag = etag,
        Body = page.Body,
        Brotli = brotli,
        ContentSecurityPolicy = page.ContentSecurityPolicy,
        MadeMs = madeMs,
    };
}

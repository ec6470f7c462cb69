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
    // 0.1 ms for a page; 11 would take 60 (stack.md 2).
    private const int BrotliQuality = 5, BrotliWindow = 22;

    /// <summary>The same document with the same policy always has the same tag, and another one never.</summary>
    public static string ETagOf(RenderedPage page)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(page.ContentSecurityPolicy + "\n"));
        hash.AppendData(page.Body);
        return $"\"{Base64Url.EncodeToString(hash.GetHashAndReset().AsSpan(0, 18))}\"";
    }

    /// <summary>The page in the two encodings.</summary>
    public static PackedBytes Pack(this RenderedPage page) => new(Brotli(page.Body), Gzip(page.Body));

    /// <summary>The same, each by a thread of its own.</summary>
    public static async Task<PackedBytes> PackAsync(this RenderedPage page)
    {
        var gzip = Task.Run(() => Gzip(page.Body));
        return new(await Task.Run(() => Brotli(page.Body)), await gzip);
    }

    public static Snapshot ToSnapshot(this RenderedPage page, PackedBytes packed, string key, long version, string etag, long madeMs) => new()
    {
        Key = key,
        Version = version,
        ContentType = "text/html; charset=utf-8",
        ETag = etag,
        Body = page.Body,
        Brotli = packed.Brotli,
        Gzip = packed.Gzip,
        ContentSecurityPolicy = page.ContentSecurityPolicy,
        MadeMs = madeMs,
    };

    private static byte[]? Brotli(byte[] body)
    {
        var room = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(body.Length));
        var packed = BrotliEncoder.TryCompress(body, room, out var length, BrotliQuality, BrotliWindow) ? room[..length] : null;
        ArrayPool<byte>.Shared.Return(room);
        return packed;
    }

    private static byte[] Gzip(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(body);
        return packed.ToArray();
    }
}

/// <summary>A body as it is sent to those who take brotli, or gzip.</summary>
internal readonly record struct PackedBytes(byte[]? Brotli, byte[] Gzip);

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
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(page.ContentSecurityPolicy + "\n" + page.Html));
        return $"\"{Base64Url.EncodeToString(hash.AsSpan(0, 18))}\"";
    }

    public static Snapshot ToSnapshot(this RenderedPage page, string key, long version, string etag, long madeMs)
    {
        var body = Encoding.UTF8.GetBytes(page.Html);
        return new Snapshot
        {
            Key = key,
            Version = version,
            ContentType = "text/html; charset=utf-8",
            ETag = etag,
            Body = body,
            Brotli = Brotli(body),
            Gzip = Gzip(body),
            ContentSecurityPolicy = page.ContentSecurityPolicy,
            MadeMs = madeMs,
        };
    }

    private static byte[]? Brotli(byte[] body)
    {
        var packed = new byte[BrotliEncoder.GetMaxCompressedLength(body.Length)];
        return BrotliEncoder.TryCompress(body, packed, out var length, BrotliQuality, BrotliWindow) ? packed[..length] : null;
    }

    private static byte[] Gzip(byte[] body)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(body);
        return packed.ToArray();
    }
}

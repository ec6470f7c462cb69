using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Kener.ServiceDefaults.Snapshots;
using Kener.Ui;

namespace Kener.Status.Publishing;

/// <summary>Converts rendered pages to the bytes of snapshots.</summary>
internal static class Bytes
{
    /// <summary>Returns the ETag: always the same for the same document with the same content security policy, and different for any other.</summary>
    public static string ETagOf(RenderedPage page)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(page.ContentSecurityPolicy + "\n"));
        hash.AppendData(page.Body);
        return $"\"{Base64Url.EncodeToString(hash.GetHashAndReset().AsSpan(0, 18))}\"";
    }

    /// <summary>Returns the page, compressed with Brotli.</summary>
    public static byte[] Pack(this RenderedPage page) => Packing.Brotli(page.Body);

    public static Snapshot ToSnapshot(this RenderedPage page, byte[] brotli, string key, long version, string etag, long madeMs, string type = PageKind.Html) => new()
    {
        Key = key,
        Version = version,
        ContentType = type,
        ETag = etag,
        Body = page.Body,
        Brotli = brotli,
        ContentSecurityPolicy = page.ContentSecurityPolicy,
        MadeMs = madeMs,
    };
}

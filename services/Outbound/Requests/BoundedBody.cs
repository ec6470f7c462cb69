using System.Buffers;
using System.IO.Compression;

namespace Kener.Outbound;

/// <summary>Reads of a body no more than is wanted, whatever its length claims to be and however it was compressed.</summary>
internal static class BoundedBody
{
    private const int Piece = 16 * 1024;

    public static async Task<(ReadOnlyMemory<byte> Kept, bool IsWhole)> ReadAsync(HttpContent content, int most, bool keep, CancellationToken cancel)
    {
        await using var raw = await content.ReadAsStreamAsync(cancel);
        await using var decoded = Decoded(raw, content.Headers.ContentEncoding);
        var piece = ArrayPool<byte>.Shared.Rent(Piece);
        using var kept = keep ? new MemoryStream() : null;
        try
        {
            for (var left = most; ;)
            {
                // One byte more than is left tells a body that ends at the limit from one that goes on.
                var read = await decoded.ReadAsync(piece.AsMemory(0, Math.Min(Piece, left + 1)), cancel);
                if (read == 0) return (kept?.ToArray() ?? [], true);
                kept?.Write(piece, 0, Math.Min(read, left));
                left -= read;
                if (left < 0) return (kept?.ToArray() ?? [], false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    /// <summary>Decoded while it is read, so a bomb is never larger than what is read of it. Codings of codings are nobody's need.</summary>
    private static Stream Decoded(Stream raw, ICollection<string> codings) => codings.Count != 1 ? raw : codings.First().ToLowerInvariant() switch
    {
        "gzip" or "x-gzip" => new GZipStream(raw, CompressionMode.Decompress, leaveOpen: true),
        "deflate" => new ZLibStream(raw, CompressionMode.Decompress, leaveOpen: true),
        "br" => new BrotliStream(raw, CompressionMode.Decompress, leaveOpen: true),
        _ => raw,
    };
}

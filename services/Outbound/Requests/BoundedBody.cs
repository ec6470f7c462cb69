using System.Buffers;
using System.IO.Compression;

namespace Kener.Outbound.Requests;

/// <summary>Reads a body up to a limit, whatever its Content-Length claims and however it is compressed.</summary>
internal static class BoundedBody
{
    private const int Piece = 16 * 1024, MostCodings = 4;

    public static async Task<(ReadOnlyMemory<byte> Kept, bool IsWhole)> ReadAsync(HttpContent content, int most, bool keep, CancellationToken cancel)
    {
        CheckLength(content);
        await using var raw = await content.ReadAsStreamAsync(cancel);
        await using var decoded = Decoded(raw, content.Headers.ContentEncoding);
        var piece = ArrayPool<byte>.Shared.Rent(Piece);
        using var kept = keep ? new MemoryStream() : null;
        try
        {
            for (var left = most; ;)
            {
                // Reads one byte past the limit, to distinguish a body that ends there from one that goes on.
                var read = await ReadAsync(decoded, piece.AsMemory(0, Math.Min(Piece, left + 1)), cancel);
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

    private static async Task<int> ReadAsync(Stream decoded, Memory<byte> piece, CancellationToken cancel)
    {
        try
        {
            return await decoded.ReadAsync(piece, cancel);
        }
        catch (InvalidOperationException fault) when (decoded is BrotliStream or GZipStream or ZLibStream)
        {
            // BrotliStream throws this for invalid data, also when another decoder reads from it.
            throw new InvalidDataException(fault.Message, fault);
        }
    }

    /// <summary>
    /// Rejects an invalid Content-Length. .NET ignores one that is not a number and reads until the connection ends, even if that cuts off the
    /// answer; of several values it takes the first.
    /// </summary>
    private static void CheckLength(HttpContent content)
    {
        if (content.Headers.NonValidated.TryGetValues("Content-Length", out var given) && (content.Headers.ContentLength is null || given.Distinct().Count() > 1))
            throw new OutboundFault(OutboundFaultKind.Answer, "The answer's Content-Length is not a number");
    }

    /// <summary>
    /// Decompresses while reading, so that a decompression bomb never grows beyond the limit. Unknown encodings are left as they are.
    /// </summary>
    private static Stream Decoded(Stream raw, ICollection<string> codings)
    {
        if (codings.Count > MostCodings) throw new OutboundFault(OutboundFaultKind.Answer, "The answer's body is encoded too many times");
        var decoded = raw;
        foreach (var coding in codings.Reverse())
        {
            decoded = coding.ToLowerInvariant() switch
            {
                "gzip" or "x-gzip" => new GZipStream(decoded, CompressionMode.Decompress),
                "deflate" => new ZLibStream(decoded, CompressionMode.Decompress),
                "br" => new BrotliStream(decoded, CompressionMode.Decompress),
                _ => decoded,
            };
        }
        return decoded;
    }
}

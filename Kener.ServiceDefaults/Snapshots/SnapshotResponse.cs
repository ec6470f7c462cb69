using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Kener.ServiceDefaults.Snapshots;

/// <summary>Answers GET and HEAD with a snapshot: content coding, validator, caching.</summary>
public static class SnapshotResponse
{
    private const string Caching = "public, max-age=5, stale-while-revalidate=30", ForOne = "private, max-age=5, stale-while-revalidate=30";
    private const string Varies = "Accept-Encoding, Accept-Language, Cookie";

    /// <summary>
    /// Writes a page in the coding that the client prefers (brotli before gzip if it has no preference), or 304 if the client has it already.
    /// <paramref name="language"/> is the page's language. <paramref name="forOne"/> says that the visitor's own choice decided the page, and no
    /// shared cache may keep it.
    /// </summary>
    public static Task WriteAsync(HttpContext context, Snapshot snapshot, string language = "en", bool forOne = false) =>
        WriteAsync(context, snapshot, language, forOne ? ForOne : Caching);

    /// <summary>
    /// Writes a page in place of the variant that the visitor chose, in the page's own <paramref name="language"/>. No cache may keep it.
    /// </summary>
    public static Task WriteStandInAsync(HttpContext context, Snapshot snapshot, string language) => WriteAsync(context, snapshot, language, "no-store");

    private static Task WriteAsync(HttpContext context, Snapshot snapshot, string language, string caching)
    {
        var (body, coding) = Choose(snapshot, context.Request.Headers.AcceptEncoding);
        var response = context.Response;
        // Different bytes need different validators (RFC 9110, 8.8.3.3).
        var etag = coding is null ? snapshot.ETag : $"{snapshot.ETag[..^1]}-{coding}\"";
        response.Headers.ETag = etag;
        response.Headers.CacheControl = caching;
        response.Headers.Vary = Varies;
        response.Headers.ContentLanguage = language;
        if (snapshot.ContentSecurityPolicy is { } policy) response.Headers.ContentSecurityPolicy = policy;
        if (Has(context.Request.Headers.IfNoneMatch, etag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }
        response.ContentType = snapshot.ContentType;
        response.ContentLength = body.Length;
        if (coding is not null) response.Headers.ContentEncoding = coding;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, 0, body.Length, context.RequestAborted);
    }

    /// <summary>Writes an error page. The caller has set the status and <c>Cache-Control: no-store</c>.</summary>
    internal static Task WriteErrorAsync(HttpContext context, Snapshot snapshot)
    {
        var (body, coding) = Choose(snapshot, context.Request.Headers.AcceptEncoding);
        var response = context.Response;
        response.Headers.Vary = "Accept, " + Varies;
        if (snapshot.ContentSecurityPolicy is { } policy) response.Headers.ContentSecurityPolicy = policy;
        response.ContentType = snapshot.ContentType;
        response.ContentLength = body.Length;
        if (coding is not null) response.Headers.ContentEncoding = coding;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, 0, body.Length, context.RequestAborted);
    }

    internal static (byte[] Body, string? Coding) Choose(Snapshot snapshot, StringValues accepted)
    {
        double? brotli = null, gzip = null, identity = null, others = null;
        if (StringWithQualityHeaderValue.TryParseList(accepted, out var codings))
        {
            foreach (var coding in codings)
            {
                var (name, weight) = (coding.Value, coding.Quality ?? 1);
                if (name.Equals("br", StringComparison.OrdinalIgnoreCase)) brotli = weight;
                else if (name.Equals("gzip", StringComparison.OrdinalIgnoreCase)) gzip = weight;
                else if (name.Equals("identity", StringComparison.OrdinalIgnoreCase)) identity = weight;
                else if (name == "*") others = weight;
            }
        }
        var isPacked = snapshot.Brotli is not null;
        var (br, gz) = isPacked ? (brotli ?? others ?? 0, gzip ?? others ?? 0) : (0, 0);
        // Uncompressed bytes are acceptable even if they are not listed, but a client that accepts a coding prefers it unless it says otherwise.
        var plain = identity ?? 0;
        if (br > 0 && br >= gz && br >= plain) return (snapshot.Brotli!, "br");
        return gz > 0 && gz >= plain ? (snapshot.Gzip!, "gzip") : (snapshot.Body, null);
    }

    private static bool Has(StringValues known, string etag) => EntityTagHeaderValue.TryParseList(known, out var tags)
        && tags.Any(tag => tag.Tag == etag || tag.Equals(EntityTagHeaderValue.Any));
}

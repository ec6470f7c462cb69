using System.IO.Compression;
using System.Security.Cryptography;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Snapshots;
using Microsoft.Net.Http.Headers;
using Scalar.AspNetCore;

namespace Kener.Gateway.OpenApi;

/// <summary>
/// Serves the OpenAPI documents, and Scalar, which shows them in a browser. All of it is embedded in assemblies: no other host is needed, and
/// nothing is generated at run time.
/// </summary>
internal static class ApiReference
{
    public const string Path = "/api/reference", ScriptPath = Path + "/scalar.js";

    /// <summary>The content security policy: Scalar sets inline styles, and sends the requests that a user tries only to this host.</summary>
    public const string Policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const string Script = "ScalarStaticAssets.scalar.js";
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    public static void MapApiReference(this IEndpointRouteBuilder app)
    {
        app.MapResource("/api/openapi/v4.json", "v4.json", "application/json; charset=utf-8");
        app.MapResource("/api/openapi/v5.json", "v5.json", "application/json; charset=utf-8");
        app.MapResource(Path, "reference.html", "text/html; charset=utf-8");
        app.MapMethods(ScriptPath, Reading, WriteScriptAsync).AllowAnyone();
    }

    private static void MapResource(this IEndpointRouteBuilder app, string path, string name, string contentType)
    {
        var snapshot = new Lazy<Snapshot>(() => Read(path, name, contentType));
        app.MapMethods(path, Reading, context => SnapshotResponse.WriteAsync(context, snapshot.Value)).AllowAnyone();
    }

    private static Snapshot Read(string path, string name, string contentType)
    {
        using var resource = typeof(ApiReference).Assembly.GetManifestResourceStream(name)!;
        var body = new byte[resource.Length];
        resource.ReadExactly(body);
        return new Snapshot
        {
            Key = path,
            Version = 1,
            ContentType = contentType,
            ETag = $"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 16))}\"",
            Body = body,
            Brotli = Packing.Brotli(body),
        };
    }

    /// <summary>Writes the script from its compressed resource: at five megabytes, it is not kept in memory.</summary>
    private static async Task WriteScriptAsync(HttpContext context)
    {
        var (assembly, response) = (typeof(ScalarOptions).Assembly, context.Response);
        response.ContentType = "text/javascript; charset=utf-8";
        response.Headers.CacheControl = "public, max-age=86400";
        response.Headers.Vary = "Accept-Encoding";
        await using var script = assembly.GetManifestResourceStream(Script)!;
        if (TakesGzip(context.Request))
        {
            response.Headers.ContentEncoding = "gzip";
            response.ContentLength = script.Length;
            if (!HttpMethods.IsHead(context.Request.Method)) await script.CopyToAsync(response.Body, context.RequestAborted);
            return;
        }
        await using var plain = new GZipStream(script, CompressionMode.Decompress);
        if (!HttpMethods.IsHead(context.Request.Method)) await plain.CopyToAsync(response.Body, context.RequestAborted);
    }

    private static bool TakesGzip(HttpRequest request) => StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var codings)
        && codings.Any(coding => coding.Quality is not 0 && (coding.Value.Equals("gzip", StringComparison.OrdinalIgnoreCase) || coding.Value == "*"));
}

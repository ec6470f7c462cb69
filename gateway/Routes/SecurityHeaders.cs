using Kener.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Kener.Gateway.Routes;

/// <summary>Adds the security headers to every response, unless the response sets its own.</summary>
internal sealed class SecurityHeaders(RequestDelegate next, IOptions<KenerSettings> settings)
{
    private const string Nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private readonly bool _isHttps = settings.Value.SiteUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext context)
    {
        // API responses contain keys and data that only the caller may see, and a ping that a cache answers is lost.
        var isPrivate = context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) || SecretPath.IsSecret(context.Request.Path);
        context.Response.OnStarting(static state =>
        {
            var (response, https, noStore) = ((HttpResponse, bool, bool))state;
            var headers = response.Headers;
            headers.Remove("Server");
            headers.XContentTypeOptions = "nosniff";
            headers.TryAdd("Referrer-Policy", "strict-origin-when-cross-origin");
            headers.TryAdd("Content-Security-Policy", response.HttpContext.Features.Get<Route>()?.ContentSecurityPolicy ?? Nothing);
            headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
            if (noStore) headers.CacheControl = "no-store";
            if (https) headers.StrictTransportSecurity = "max-age=31536000";
            return Task.CompletedTask;
        }, (context.Response, _isHttps, isPrivate));
        return next(context);
    }
}

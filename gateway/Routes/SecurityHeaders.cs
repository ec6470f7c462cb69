using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Errors;
using Microsoft.Extensions.Options;

namespace Kener.Gateway.Routes;

/// <summary>Adds the security headers to every response, unless the response sets its own.</summary>
internal sealed class SecurityHeaders(RequestDelegate next, IOptions<KenerSettings> settings)
{
    private const string Nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private readonly bool _isHttps = settings.Value.SiteUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext context)
    {
        var isApi = context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);
        // If a cache answered a ping, Kener would not receive it.
        var isSecret = SecretPath.IsSecret(context.Request.Path);
        context.Response.OnStarting(static state =>
        {
            var (response, https, isApi, isSecret) = ((HttpResponse, bool, bool, bool))state;
            var (headers, route) = (response.Headers, response.HttpContext.Features.Get<Route>());
            headers.Remove("Server");
            headers.XContentTypeOptions = "nosniff";
            headers.TryAdd("Referrer-Policy", "strict-origin-when-cross-origin");
            headers.TryAdd("Content-Security-Policy", route?.ContentSecurityPolicy ?? Nothing);
            headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
            // Unless the route is public, API responses may contain keys and data that only the caller may see.
            if (isSecret || (isApi && route?.Access != Access.Public)) headers.CacheControl = "no-store";
            if (https) headers.StrictTransportSecurity = "max-age=31536000";
            return Task.CompletedTask;
        }, (context.Response, _isHttps, isApi, isSecret));
        return next(context);
    }
}

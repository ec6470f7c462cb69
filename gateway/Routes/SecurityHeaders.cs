using Kener.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Kener.Gateway.Routes;

/// <summary>What every answer bears, unless its maker has said something stricter or more fitting.</summary>
internal sealed class SecurityHeaders(RequestDelegate next, IOptions<KenerSettings> settings)
{
    private const string Nothing = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private readonly bool _isHttps = settings.Value.SiteUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase);

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(static state =>
        {
            var (response, https) = ((HttpResponse, bool))state;
            var headers = response.Headers;
            headers.Remove("Server");
            headers.XContentTypeOptions = "nosniff";
            headers.TryAdd("Referrer-Policy", "strict-origin-when-cross-origin");
            headers.TryAdd("Content-Security-Policy", Nothing);
            headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
            if (https) headers.StrictTransportSecurity = "max-age=31536000";
            return Task.CompletedTask;
        }, (context.Response, _isHttps));
        return next(context);
    }
}

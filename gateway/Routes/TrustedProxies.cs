using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Identity;
using Microsoft.AspNetCore.HttpOverrides;

namespace Kener.Gateway.Routes;

/// <summary>
/// Determines the client's address behind reverse proxies: reads X-Forwarded-For from the right, as far as trusted proxies wrote it. Scheme and host
/// are never taken from headers; links use <c>Kener__SiteUrl</c>.
/// </summary>
internal static class TrustedProxies
{
    public static void UseTrustedProxies(this IApplicationBuilder app)
    {
        // Not from IOptions, which would throw here for a wrong setting; RunOrExplain reports it in one line.
        var networks = TrustedNetworks.Of(app.ApplicationServices.GetRequiredService<IConfiguration>().ReadKenerSettings());
        // With empty lists the middleware would trust every address.
        if (networks.Count == 0) return;
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in networks) options.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(options);
    }
}

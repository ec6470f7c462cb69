using Kener.ServiceDefaults;
using Microsoft.AspNetCore.HttpOverrides;

namespace Kener.Gateway.Routes;

/// <summary>
/// Who stands behind a reverse proxy: the client's address is read from X-Forwarded-For as far as trusted proxies wrote it, from the right.
/// Scheme and host are never taken from anybody; links use <c>Kener__SiteUrl</c>.
/// </summary>
internal static class TrustedProxies
{
    public static void UseTrustedProxies(this IApplicationBuilder app)
    {
        // Not by options: a wrong setting is told at the start, in a line.
        var networks = TrustedNetworks.Of(app.ApplicationServices.GetRequiredService<IConfiguration>().ReadKenerSettings());
        // The middleware believes everybody where it is given nobody.
        if (networks.Count == 0) return;
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in networks) options.KnownIPNetworks.Add(network);
        app.UseForwardedHeaders(options);
    }
}

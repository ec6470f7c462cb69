using System.Net;
using System.Security.Cryptography;
using Kener.Agent;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Kener.Standalone;

/// <summary>Configures one process for all modules: files instead of servers, in-process calls instead of a broker.</summary>
internal static class Embedding
{
    private const string DefaultUrl = "http://localhost:8080";

    /// <summary>
    /// Adds the embedded defaults below all other configuration sources, so that environment and appsettings take precedence. Listens on
    /// <c>Kener__Url</c>, which is also the site's URL unless <c>Kener__SiteUrl</c> is set (Behavior: RUN-1, RUN-3).
    /// </summary>
    public static void AddEmbedding(this WebApplicationBuilder builder)
    {
        var url = builder.Configuration["Kener:Url"] ?? builder.Configuration["urls"] ?? DefaultUrl;
        builder.WebHost.UseUrls(url);
        builder.AddOwnGateway();
        var sources = ((IConfigurationBuilder)builder.Configuration).Sources;
        sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Kener:Database"] = "Sqlite",
                ["Kener:Delivery"] = "Mediator",
                ["Kener:SiteUrl"] = url.Split(';')[0],
                // A random key is enough: both the agent and the gateway are in this process.
                ["Kener:AgentKey"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(32)),
            },
        });
    }

    /// <summary>Connects the agent in this process to this process, wherever it listens, unless <c>Kener__Agent__Url</c> is set.</summary>
    private static void AddOwnGateway(this WebApplicationBuilder builder)
    {
        if (builder.Configuration["Kener:Agent:Url"] is not null) return;
        builder.Services.AddHttpClient(AgentModule.GatewayClientName, (services, client) => client.BaseAddress = OwnAddress(services))
            .UseSocketsHttpHandler((handler, _) => handler.UseProxy = false);
    }

    /// <summary>Returns the address at which this process can reach itself; null before it listens, or if it listens on no http address.</summary>
    public static Uri? OwnAddress(IServiceProvider services)
    {
        var addresses = services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        foreach (var address in addresses)
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttp) continue;
            var isAny = IPAddress.TryParse(url.Host.Trim('[', ']'), out var host) && (host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any));
            return isAny ? new UriBuilder(url) { Host = "127.0.0.1" }.Uri : url;
        }
        return null;
    }
}

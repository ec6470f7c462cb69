using Kener.Gateway.Routes;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Route = Kener.Gateway.Routes.Route;

namespace Kener.Gateway.Proxy;

/// <summary>The route table in YARP's terms: a cluster per owner, found by service discovery under the owner's name.</summary>
internal static class ProxyConfig
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static IReadOnlyList<RouteConfig> Routes { get; } = [.. RouteTable.All.Where(route => route.Owner != Owner.Edge).Select(ToProxy)];

    public static IReadOnlyList<ClusterConfig> Clusters { get; } =
        [.. RouteTable.All.Select(route => route.Owner).Where(owner => owner != Owner.Edge).Distinct().Select(ToCluster)];

    public static string NameOf(Owner owner) => owner.ToString().ToLowerInvariant();

    private static RouteConfig ToProxy(Route route) => new()
    {
        RouteId = route.Pattern,
        ClusterId = NameOf(route.Owner),
        // Who may come in was decided by the front door; the owner decides by permission.
        AuthorizationPolicy = "anonymous",
        Match = new RouteMatch { Path = route.Pattern, Methods = route.Methods },
    };

    private static ClusterConfig ToCluster(Owner owner) => new()
    {
        ClusterId = NameOf(owner),
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = Patience },
        Destinations = new Dictionary<string, DestinationConfig> { [NameOf(owner)] = new() { Address = $"http://{NameOf(owner)}" } },
    };
}

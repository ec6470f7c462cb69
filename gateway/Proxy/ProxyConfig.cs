using Kener.Gateway.Routes;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Route = Kener.Gateway.Routes.Route;

namespace Kener.Gateway.Proxy;

/// <summary>Converts the route table to YARP's configuration: a cluster per owner, found by service discovery under the owner's name.</summary>
internal static class ProxyConfig
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), LongPatience = TimeSpan.FromMinutes(5);

    public static IReadOnlyList<RouteConfig> RoutesOf(RouteTable table) => [.. table.All.Where(route => route.Owner != Owner.Edge).Select(ToProxy)];

    public static IReadOnlyList<ClusterConfig> ClustersOf(RouteTable table) =>
        [.. table.All.Where(route => route.Owner != Owner.Edge).DistinctBy(ClusterOf).Select(ToCluster)];

    public static string NameOf(Owner owner) => owner.ToString().ToLowerInvariant();

    private static RouteConfig ToProxy(Route route) => new()
    {
        RouteId = route.Pattern,
        ClusterId = ClusterOf(route),
        // FrontDoor has authenticated the caller; the owner checks the permission.
        AuthorizationPolicy = "anonymous",
        // FrontDoor has checked the method. CONNECT, which opens a WebSocket over HTTP/2, cannot be listed here.
        Match = new RouteMatch { Path = route.Pattern, Methods = route.AllowsWebSockets ? null : route.Methods },
    };

    /// <summary>
    /// Returns the cluster of a route. YARP has one activity timeout per cluster, so routes that may be silent for minutes have their own cluster.
    /// </summary>
    private static string ClusterOf(Route route) => MayBeSilent(route) ? NameOf(route.Owner) + "-long" : NameOf(route.Owner);

    private static bool MayBeSilent(Route route) => route.IsLong || route.AllowsWebSockets;

    private static ClusterConfig ToCluster(Route route) => new()
    {
        ClusterId = ClusterOf(route),
        // The servers on both sides read and write headers in Latin-1.
        HttpClient = new HttpClientConfig { RequestHeaderEncoding = "latin1", ResponseHeaderEncoding = "latin1" },
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = MayBeSilent(route) ? LongPatience : Patience },
        HealthCheck = new HealthCheckConfig
        {
            // Without a healthy destination YARP tries all: a service without its database describes the fault better than the gateway could.
            AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
            Active = new ActiveHealthCheckConfig
            {
                Enabled = true,
                Path = "/ready",
                Interval = TimeSpan.FromSeconds(1),
                Timeout = TimeSpan.FromSeconds(2),
                Policy = HealthCheckConstants.ActivePolicy.ConsecutiveFailures,
            },
            Passive = new PassiveHealthCheckConfig { Enabled = true, Policy = EjectOnFailure.PolicyName },
        },
        Destinations = new Dictionary<string, DestinationConfig> { [NameOf(route.Owner)] = new() { Address = $"http://{NameOf(route.Owner)}" } },
    };
}

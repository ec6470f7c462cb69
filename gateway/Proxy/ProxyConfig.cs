using Kener.Gateway.Routes;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Route = Kener.Gateway.Routes.Route;

namespace Kener.Gateway.Proxy;

/// <summary>The route table in YARP's terms: a cluster per owner, found by service discovery under the owner's name.</summary>
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
        // Who may come in was decided by the front door; the owner decides by permission.
        AuthorizationPolicy = "anonymous",
        // The front door has judged the method; CONNECT, which opens a WebSocket over HTTP/2, cannot be listed here.
        Match = new RouteMatch { Path = route.Pattern, Methods = route.AllowsWebSockets ? null : route.Methods },
    };

    /// <summary>How long silence is patiently heard is said per cluster, so routes that wait on purpose have one of their own.</summary>
    private static string ClusterOf(Route route) => MayBeSilent(route) ? NameOf(route.Owner) + "-long" : NameOf(route.Owner);

    private static bool MayBeSilent(Route route) => route.IsLong || route.AllowsWebSockets;

    private static ClusterConfig ToCluster(Route route) => new()
    {
        ClusterId = ClusterOf(route),
        // As the servers on both sides read and write them.
        HttpClient = new HttpClientConfig { RequestHeaderEncoding = "latin1", ResponseHeaderEncoding = "latin1" },
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = MayBeSilent(route) ? LongPatience : Patience },
        HealthCheck = new HealthCheckConfig
        {
            // With no healthy one left all are tried: a service without its database says so better than the gateway could.
            AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
            Active = new ActiveHealthCheckConfig
            {
                Enabled = true,
                Path = "/ready",
                Interval = TimeSpan.FromSeconds(1),
                Timeout = TimeSpan.FromSeconds(2),
                Policy = HealthCheckConstants.ActivePolicy.ConsecutiveFailures,
            },
            Passive = new PassiveHealthCheckConfig { Enabled = true, Policy = FirstFailure.PolicyName },
        },
        Destinations = new Dictionary<string, DestinationConfig> { [NameOf(route.Owner)] = new() { Address = $"http://{NameOf(route.Owner)}" } },
    };
}

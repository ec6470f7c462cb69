using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Kener.Gateway.Proxy;

/// <summary>
/// Ejects a replica for two seconds when no connection to it could be made, unless there is no other; then the active checks decide whether it is
/// back. No other failure counts: a client can cause one by what it sends, and must not eject a replica for the others.
/// </summary>
internal sealed class EjectOnFailure(IDestinationHealthUpdater health) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = "EjectOnFailure";
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    public string Name => PolicyName;

    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        if (context.GetForwarderErrorFeature()?.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError })
            health.SetPassive(cluster, destination, DestinationHealth.Unhealthy, Rest);
    }
}

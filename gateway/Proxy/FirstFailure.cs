using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Kener.Gateway.Proxy;

/// <summary>
/// A replica to which no connection could be made receives no requests for two seconds, unless there is no other; then the active checks say
/// whether it is back. Only that counts: a client can cause any other failure by what it sends, and must not take a replica from the others.
/// </summary>
internal sealed class FirstFailure(IDestinationHealthUpdater health) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = "FirstFailure";
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    public string Name => PolicyName;

    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        if (context.GetForwarderErrorFeature()?.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError })
            health.SetPassive(cluster, destination, DestinationHealth.Unhealthy, Rest);
    }
}

using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Kener.Gateway.Proxy;

/// <summary>
/// A replica that refused a connection, or broke one off, gets nothing for two seconds, unless there is no other; then the active checks say
/// whether it is back.
/// </summary>
internal sealed class FirstFailure(IDestinationHealthUpdater health) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = "FirstFailure";
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    public string Name => PolicyName;

    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        if (context.GetForwarderErrorFeature()?.Error is ForwarderError.Request or ForwarderError.ResponseBodyDestination)
            health.SetPassive(cluster, destination, DestinationHealth.Unhealthy, Rest);
    }
}

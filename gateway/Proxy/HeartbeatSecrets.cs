using Kener.ServiceDefaults.Errors;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Kener.Gateway.Proxy;

/// <summary>
/// Forwards a heartbeat's secret exactly as the client sent it. YARP encodes the decoded path again, which does not restore an encoded slash.
/// </summary>
internal static class HeartbeatSecrets
{
    public static void Keep(TransformBuilderContext builder)
    {
        if (builder.Route.Match.Path?.StartsWith(SecretPath.Heartbeats + "/", StringComparison.Ordinal) is not true) return;
        builder.AddRequestTransform(transform =>
        {
            var tag = transform.HttpContext.Request.RouteValues["tag"] is string { Length: > 0 } given ? Uri.EscapeDataString(given) + "/" : "";
            var address = $"{transform.DestinationPrefix.TrimEnd('/')}{SecretPath.Heartbeats}/{tag}{Uri.EscapeDataString(SecretPath.LastSegment(transform.HttpContext))}";
            transform.ProxyRequest.RequestUri = new Uri(address, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
            return ValueTask.CompletedTask;
        });
    }
}

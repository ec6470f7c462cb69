using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Kener.Gateway.Proxy;

/// <summary>
/// Retries a request once on another replica, if the first one failed while handling it and a retry is safe: GET and HEAD can be repeated; any other
/// method only if no connection was made, so that nothing was sent.
/// </summary>
internal static class RetryOnOtherReplica
{
    public static async Task AskAsync(HttpContext context, Func<Task> next)
    {
        await next();
        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested) return;
        if (context.GetForwarderErrorFeature() is not { Error: ForwarderError.Request } failure || !MayRepeat(context.Request, failure)) return;
        var proxy = context.GetReverseProxyFeature();
        var others = Except(proxy.AvailableDestinations, proxy.ProxiedDestination);
        if (others.Count == 0) others = Except(proxy.AllDestinations, proxy.ProxiedDestination);
        if (others.Count == 0) return;
        context.Features.Set<IForwarderErrorFeature>(null);
        context.Response.StatusCode = StatusCodes.Status200OK;
        proxy.AvailableDestinations = others;
        await next();
    }

    private static bool MayRepeat(HttpRequest request, IForwarderErrorFeature failure) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)
        || failure.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };

    private static List<DestinationState> Except(IReadOnlyList<DestinationState> all, DestinationState? failed) =>
        [.. all.Where(destination => destination != failed)];
}

namespace Kener.Gateway.Proxy;

/// <summary>Forwards requests from FrontDoor to services in other processes.</summary>
internal static class ProxyPipeline
{
    /// <summary>
    /// Maps the route table to the services. Answers 503 instead of 502 if a service cannot be reached, because the client should retry later.
    /// </summary>
    public static void MapServices(this IEndpointRouteBuilder app) => app.MapReverseProxy(proxy =>
    {
        proxy.Use(async (context, next) =>
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status502BadGateway })
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        });
        proxy.Use((context, next) => RetryOnOtherReplica.AskAsync(context, () => next(context)));
        proxy.UseLoadBalancing();
        proxy.UsePassiveHealthChecks();
    });
}

namespace Kener.Gateway.Proxy;

/// <summary>From the front door to a service in another process.</summary>
internal static class ProxyPipeline
{
    /// <summary>Maps the route table to the services. One that can not be reached is 503: trying again later is right.</summary>
    public static void MapServices(this IEndpointRouteBuilder app) => app.MapReverseProxy(proxy =>
    {
        proxy.Use(async (context, next) =>
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status502BadGateway })
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        });
        proxy.Use((context, next) => OnceMore.AskAsync(context, () => next(context)));
        proxy.UseLoadBalancing();
        proxy.UsePassiveHealthChecks();
    });
}

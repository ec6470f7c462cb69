using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace Kener.Gateway.Tests.OpenApi;

/// <summary>Adds the handler's method to endpoints that handle an HttpContext, because ASP.NET describes only endpoints that have it.</summary>
internal sealed class DescribedEndpoints(EndpointDataSource source) : EndpointDataSource
{
    public override IReadOnlyList<Endpoint> Endpoints => [.. source.Endpoints.Select(WithMethod)];

    public override IChangeToken GetChangeToken() => source.GetChangeToken();

    public static void AddTo(IServiceCollection services)
    {
        var known = services.Last(service => service.ServiceType == typeof(EndpointDataSource));
        services.AddSingleton<EndpointDataSource>(provider => new DescribedEndpoints((EndpointDataSource)known.ImplementationFactory!(provider)));
    }

    private static Endpoint WithMethod(Endpoint endpoint) =>
        endpoint is not RouteEndpoint { RequestDelegate: { } run } route || route.Metadata.GetMetadata<MethodInfo>() is not null ? endpoint
            : new RouteEndpoint(run, route.RoutePattern, route.Order, new EndpointMetadataCollection([run.Method, .. route.Metadata]), route.DisplayName);
}

namespace Kener.Status;

/// <summary>The service as a module: the same in a process of its own and in one with all others.</summary>
public static class StatusModule
{
    /// <summary>Registers all that the service needs.</summary>
    public static IHostApplicationBuilder AddStatus(this IHostApplicationBuilder builder) => builder;

    /// <summary>Gives the service's endpoints.</summary>
    public static IEndpointRouteBuilder MapStatus(this IEndpointRouteBuilder app) => app;
}

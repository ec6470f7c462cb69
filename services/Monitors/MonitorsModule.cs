namespace Kener.Monitors;

/// <summary>The service as a module: the same in a process of its own and in one with all others.</summary>
public static class MonitorsModule
{
    /// <summary>Registers all that the service needs.</summary>
    public static IHostApplicationBuilder AddMonitors(this IHostApplicationBuilder builder) => builder;

    /// <summary>Gives the service's endpoints.</summary>
    public static IEndpointRouteBuilder MapMonitors(this IEndpointRouteBuilder app) => app;
}

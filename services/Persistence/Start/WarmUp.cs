using System.Security.Claims;
using Kener.ServiceDefaults;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kener.Persistence.Start;

/// <summary>A change to a module's database that is rolled back.</summary>
internal sealed record Rehearsal(Func<IServiceProvider, CancellationToken, Task> RunAsync);

/// <summary>
/// Does once, before this process reports that it is ready, what its first requests would otherwise wait for while code is compiled: reads each
/// list of the API, and writes a change to each module's database and rolls it back. Nothing is published or changed by that. Failures are ignored,
/// because a real request would fail again and report it. The process is ready after ten seconds at most.
/// </summary>
internal sealed class WarmUp(
    IServiceScopeFactory scopes, IEnumerable<Rehearsal> rehearsals, EndpointDataSource endpoints, IHostApplicationLifetime lifetime, ILogger<WarmUp> log)
    : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private volatile bool _isDone;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(_isDone ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("The process is warming up"));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await lifetime.StartedAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        patience.CancelAfter(Patience);
        foreach (var rehearsal in rehearsals) await TryAsync(rehearsal.RunAsync, patience.Token);
        foreach (var list in Lists()) await TryAsync((services, cancel) => ReadAsync(list, services, cancel), patience.Token);
        _isDone = true;
    }

    private async Task TryAsync(Func<IServiceProvider, CancellationToken, Task> runAsync, CancellationToken cancel)
    {
        if (cancel.IsCancellationRequested) return;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await runAsync(scope.ServiceProvider, cancel);
        }
        catch (Exception fault)
        {
            log.LogDebug(fault, "A step of the warm-up failed");
        }
    }

    /// <summary>Returns the GET endpoints of the API without parameters in their path.</summary>
    private IEnumerable<RouteEndpoint> Lists() => endpoints.Endpoints.OfType<RouteEndpoint>().Where(endpoint =>
        endpoint.RoutePattern is { Parameters.Count: 0, RawText: { } path } && path.StartsWith("/api/v4/", StringComparison.Ordinal)
        && endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Get) is true);

    /// <summary>Calls an endpoint without a connection, and so without everything that protects one; the response is discarded.</summary>
    private static Task ReadAsync(RouteEndpoint list, IServiceProvider services, CancellationToken cancel)
    {
        var context = new DefaultHttpContext { RequestServices = services, RequestAborted = cancel, User = new ClaimsPrincipal(new ClaimsIdentity("warm-up")) };
        (context.Request.Method, context.Request.Path, context.Response.Body) = (HttpMethods.Get, list.RoutePattern.RawText, Stream.Null);
        return list.RequestDelegate!(context);
    }
}

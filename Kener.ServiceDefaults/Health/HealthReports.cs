using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.ServiceDefaults;

/// <summary>
/// Runs the health checks at most once a second; all requests in between share the report. Anyone may request it, and each run queries databases and
/// other processes.
/// </summary>
public sealed class HealthReports(HealthCheckService checks, TimeProvider clock)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private Task<HealthReport>? _report;
    private long _startedAt;

    /// <summary>Returns the report of all checks.</summary>
    public Task<HealthReport> ReadAsync()
    {
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            if (_report is { } known && (!known.IsCompleted || clock.GetElapsedTime(_startedAt, now) < KeptFor)) return known;
            _startedAt = now;
            // Without the request's cancellation token: other requests wait for the same run.
            return _report = Task.Run(() => checks.CheckHealthAsync());
        }
    }

    /// <summary>Answers with the status as one word: 200, or 503 if a check fails or reports that the service is degraded.</summary>
    internal static async Task AnswerAsync(HttpContext context)
    {
        var report = await context.RequestServices.GetRequiredService<HealthReports>().ReadAsync().WaitAsync(context.RequestAborted);
        context.Response.StatusCode = report.Status == HealthStatus.Healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain";
        context.Response.Headers.CacheControl = "no-store, no-cache";
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.WriteAsync(report.Status.ToString(), context.RequestAborted);
    }
}

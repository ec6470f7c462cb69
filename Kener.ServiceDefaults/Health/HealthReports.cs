using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.ServiceDefaults.Health;

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

    /// <summary>
    /// Writes the status as one word, then a line for each check that is not Healthy. The status code is 200, or 503 if a check fails or reports
    /// that the service is degraded; a <see cref="Watch"/> changes only the text. With <c>?tag=</c>, only checks with that tag are included. The
    /// response is public and contains only texts that may be public.
    /// </summary>
    internal static async Task AnswerAsync(HttpContext context)
    {
        var report = await context.RequestServices.GetRequiredService<HealthReports>().ReadAsync().WaitAsync(context.RequestAborted);
        var tag = context.Request.Query["tag"].ToString();
        var entries = report.Entries.Where(one => tag.Length == 0 || one.Value.Tags.Contains(tag)).OrderBy(one => one.Key, StringComparer.Ordinal).ToList();
        context.Response.StatusCode = entries.TrueForAll(one => Serves(one.Value)) ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/plain";
        context.Response.Headers.CacheControl = "no-store, no-cache";
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.WriteAsync(TextOf(entries), context.RequestAborted);
    }

    /// <summary>Returns whether this check lets the service serve: it is Healthy, or a <see cref="Watch"/> that is Degraded.</summary>
    public static bool Serves(HealthReportEntry entry) =>
        entry.Status == HealthStatus.Healthy || (entry.Status == HealthStatus.Degraded && entry.Tags.Contains(Watch.Tag));

    private static string TextOf(List<KeyValuePair<string, HealthReportEntry>> entries)
    {
        var lines = from one in entries
                    where one.Value.Status != HealthStatus.Healthy
                    // The texts of other checks and of exceptions may name hosts or hidden monitors.
                    let isPublic = one.Value.Tags.Contains(Watch.Tag) && one.Value.Exception is null
                    select $"{one.Key}: {(isPublic ? one.Value.Description : one.Value.Status.ToString())}";
        var status = entries.Count == 0 ? HealthStatus.Healthy : entries.Min(one => one.Value.Status);
        return string.Join('\n', lines.Prepend(status.ToString()));
    }
}

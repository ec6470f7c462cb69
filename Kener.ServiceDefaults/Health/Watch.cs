using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.ServiceDefaults.Health;

/// <summary>
/// Health checks with which Kener watches itself: each measures something that shows a problem before anything fails. The process still serves, so
/// they are Degraded at worst and change neither <c>/ready</c> nor the status code of <c>/health</c> (Behavior: RUN-7).
/// </summary>
public static class Watch
{
    /// <summary>The tag that all of these checks have.</summary>
    public const string Tag = "watch";
    private const string Unit = "unit";

    /// <summary>Adds a health check with the tag <see cref="Tag"/> that is Degraded if it fails.</summary>
    public static IHealthChecksBuilder AddWatch<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] T>(
        this IHealthChecksBuilder checks, string name) where T : class, IHealthCheck =>
        checks.AddCheck<T>(name, HealthStatus.Degraded, [Tag]);

    /// <summary>
    /// Returns the result of such a check: the figure, which is recorded as the metric of that name, and the problem, or null if there is none.
    /// <paramref name="problem"/> is public: it must not contain an address, a path or a name that a user gave.
    /// </summary>
    public static HealthCheckResult Result(string metric, string unit, double figure, string? problem)
    {
        var data = new Dictionary<string, object> { [metric] = figure, [Unit] = unit };
        return problem is null ? HealthCheckResult.Healthy(data: data) : HealthCheckResult.Degraded(problem, data: data);
    }

    /// <summary>Returns the metrics in the result of such a check.</summary>
    internal static IEnumerable<(string Name, string Unit, double Figure)> Figures(HealthReportEntry entry) =>
        entry.Data.Where(datum => datum.Value is double).Select(datum => (datum.Key, (string)entry.Data[Unit], (double)datum.Value));
}

/// <summary>Records the figures of <see cref="Watch"/> as metrics, twice a minute. Registered only if telemetry is sent.</summary>
internal sealed class WatchMeter(IMeterFactory meters) : IHealthCheckPublisher
{
    private readonly Meter _meter = meters.Create("Kener");
    private readonly Dictionary<string, Gauge<double>> _gauges = [];

    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        foreach (var (check, entry) in report.Entries.Where(one => one.Value.Tags.Contains(Watch.Tag)))
        {
            foreach (var (name, unit, figure) in Watch.Figures(entry))
            {
                if (!_gauges.TryGetValue(name, out var gauge)) _gauges[name] = gauge = _meter.CreateGauge<double>(name, unit);
                gauge.Record(figure, new KeyValuePair<string, object?>("check", check));
            }
        }
        return Task.CompletedTask;
    }
}

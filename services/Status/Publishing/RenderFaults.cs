using Kener.Status.Database;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.Status.Publishing;

/// <summary>
/// What cannot be rendered now, and so is missing from pages or outdated, by the batch or page that reported it. Each fault is logged once, when it
/// begins, and makes <c>/health</c> unhealthy until it ends; the process stays ready, since everything else is served.
/// </summary>
internal sealed class RenderFaults(ILogger<RenderFaults> log) : IHealthCheck
{
    private const int MostNamed = 10;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, IReadOnlyList<StoredFault>> _bySource = [];

    /// <summary>Replaces what <paramref name="source"/> reported before.</summary>
    public void Set(string source, IReadOnlyList<StoredFault> faults)
    {
        lock (_gate)
        {
            if (faults.Count == 0)
            {
                _bySource.Remove(source);
                return;
            }
            var known = Names();
            foreach (var fault in faults.Where(fault => known.Add(fault.What)))
                log.LogError(fault.Exception, "{What} cannot be rendered; it is left out or outdated, and /health is unhealthy, until its stored data is corrected", fault.What);
            _bySource[source] = faults;
        }
    }

    /// <summary>Reports that everything of the source was rendered.</summary>
    public void Clear(string source) => Set(source, []);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            return Task.FromResult(_bySource.Count == 0 ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("Cannot be rendered: " + string.Join(", ", Names().Order(StringComparer.Ordinal).Take(MostNamed))));
        }
    }

    private HashSet<string> Names() => [.. _bySource.Values.SelectMany(faults => faults).Select(fault => fault.What)];
}

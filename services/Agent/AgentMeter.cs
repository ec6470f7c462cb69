using System.Diagnostics.Metrics;
using Kener.Agent.Checks;

namespace Kener.Agent;

/// <summary>What an agent measures of itself.</summary>
internal sealed class AgentMeter
{
    public const string Meter = "Kener", LatenessName = "kener.agent.lateness";
    private readonly Histogram<double> _lateness;
    private readonly Counter<long> _checks, _skipped, _dropped;

    public AgentMeter(IMeterFactory meters)
    {
        var meter = meters.Create(Meter);
        _lateness = meter.CreateHistogram<double>(LatenessName, "s", "How much later than planned a check began");
        _checks = meter.CreateCounter<long>("kener.agent.checks", "{check}", "Checks that were made, by type and status");
        _skipped = meter.CreateCounter<long>("kener.agent.skipped", "{check}", "Checks that were left out, since the one before was still under way");
        _dropped = meter.CreateCounter<long>("kener.agent.dropped", "{result}", "Results that the gateway refused for good");
    }

    public void Began(double secondsLate) => _lateness.Record(secondsLate);

    public void Made(string type, Verdict verdict) =>
        _checks.Add(1, new KeyValuePair<string, object?>("type", type), new KeyValuePair<string, object?>("status", verdict.Status));

    public void Skipped() => _skipped.Add(1);

    public void Dropped(int results) => _dropped.Add(results);
}

using System.Diagnostics.Metrics;
using Kener.Agent.Checks;

namespace Kener.Agent;

/// <summary>The metrics of an agent.</summary>
internal sealed class AgentMeter
{
    public const string Meter = "Kener", LatenessName = "kener.agent.lateness";
    private readonly CheckLateness _worst;
    private readonly Histogram<double> _lateness;
    private readonly Counter<long> _checks, _skipped, _dropped;

    public AgentMeter(IMeterFactory meters, CheckLateness worst)
    {
        _worst = worst;
        var meter = meters.Create(Meter);
        _lateness = meter.CreateHistogram<double>(LatenessName, "s", "Delay between the planned and the actual start of a check");
        _checks = meter.CreateCounter<long>("kener.agent.checks", "{check}", "Completed checks, by type and status");
        _skipped = meter.CreateCounter<long>("kener.agent.skipped", "{check}", "Checks skipped because the previous check of the monitor was still running");
        _dropped = meter.CreateCounter<long>("kener.agent.dropped", "{result}", "Results dropped because the gateway rejected them or they could not be written");
    }

    public void Began(double secondsLate)
    {
        _lateness.Record(secondsLate);
        _worst.Began(secondsLate);
    }

    public void Made(string type, CheckOutcome verdict) =>
        _checks.Add(1, new KeyValuePair<string, object?>("type", type), new KeyValuePair<string, object?>("status", verdict.Status));

    public void Skipped() => _skipped.Add(1);

    public void Dropped(int results) => _dropped.Add(results);
}

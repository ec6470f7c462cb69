using Microsoft.Extensions.Logging;

namespace Kener.ServiceDefaults;

/// <summary>Returns why a fault means that data is unavailable for now, in words for a client; null for every other fault. Registered by what owns the data.</summary>
public sealed record OutageRule(Func<Exception, string?> ReasonOf);

/// <summary>
/// Tells an outage, which passes without a change to Kener, from a bug, and logs each kind of outage once a minute in this process: every
/// request and every loop meets it.
/// </summary>
public sealed class Outages(IEnumerable<OutageRule> rules, TimeProvider clock, ILogger<Outages> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private readonly OutageRule[] _rules = [.. rules];
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _logged = new(StringComparer.Ordinal);

    /// <summary>The reason for a client, without details; null where the fault is no outage.</summary>
    public string? ReasonOf(Exception fault)
    {
        foreach (var rule in _rules)
        {
            if (rule.ReasonOf(fault) is { } reason) return reason;
        }
        return null;
    }

    /// <summary>Logs that this failed because of that outage, unless the same kind was logged within the last minute. Without a stack trace.</summary>
    public void Report(string what, string reason, Exception fault)
    {
        lock (_gate)
        {
            if (_logged.TryGetValue(reason, out var last) && clock.GetElapsedTime(last) < Pause) return;
            _logged[reason] = clock.GetTimestamp();
        }
        log.LogWarning("{What} failed: {Reason}. Cause: {Cause}. Further failures of this kind are logged once a minute", what, reason, fault.GetBaseException().Message);
    }

    /// <summary>Logs the fault if it is an outage, and returns whether it is.</summary>
    public bool TryReport(string what, Exception fault)
    {
        if (ReasonOf(fault) is not { } reason) return false;
        Report(what, reason, fault);
        return true;
    }
}

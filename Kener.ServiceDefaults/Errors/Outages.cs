using Microsoft.Extensions.Logging;

namespace Kener.ServiceDefaults.Errors;

/// <summary>
/// Returns the reason for the client if an exception means that data is unavailable for now; null for every other exception. Registered by the owner
/// of the data.
/// </summary>
public sealed record OutageRule(Func<Exception, string?> ReasonOf);

/// <summary>
/// Distinguishes outages, which end without a change to Kener, from bugs. Logs each kind of outage once a minute in this process, because every
/// request and every loop runs into it.
/// </summary>
public sealed class Outages(IEnumerable<OutageRule> rules, TimeProvider clock, ILogger<Outages> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private readonly OutageRule[] _rules = [.. rules];
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _logged = new(StringComparer.Ordinal);

    /// <summary>Returns the reason for the client, without details; null if the exception is not an outage.</summary>
    public string? ReasonOf(Exception fault)
    {
        foreach (var rule in _rules)
        {
            if (rule.ReasonOf(fault) is { } reason) return reason;
        }
        return null;
    }

    /// <summary>
    /// Logs that <paramref name="what"/> failed because of an outage, unless the same kind was logged within the last minute. Without a stack trace.
    /// </summary>
    public void Report(string what, string reason, Exception fault)
    {
        lock (_gate)
        {
            if (_logged.TryGetValue(reason, out var last) && clock.GetElapsedTime(last) < Pause) return;
            _logged[reason] = clock.GetTimestamp();
        }
        log.LogWarning("{What} failed: {Reason}. Cause: {Cause}. Further failures of this kind are logged once a minute", what, reason, fault.GetBaseException().Message);
    }

    /// <summary>Logs the exception if it is an outage, and returns whether it is.</summary>
    public bool TryReport(string what, Exception fault)
    {
        if (ReasonOf(fault) is not { } reason) return false;
        Report(what, reason, fault);
        return true;
    }
}

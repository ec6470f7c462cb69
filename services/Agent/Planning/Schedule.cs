using Cronos;
using Kener.Agent.Checks;
using Kener.Contracts;

namespace Kener.Agent.Planning;

/// <summary>A check that is due: for which minute it counts, and when it was to begin (Unix milliseconds).</summary>
internal readonly record struct Due(PlannedCheck Check, long Minute, long AtMs);

/// <summary>
/// When each monitor is checked: once in each minute that its cron names, at a fixed place within that minute, and at once when it is new
/// or changed. Not for several threads.
/// </summary>
internal sealed class Schedule(CheckTypes types, ILogger<Schedule> log)
{
    // Without a check where this agent does not understand the monitor, which is logged once for each of its versions.
    private readonly Dictionary<long, (long Version, PlannedCheck? Check)> _byId = [];
    private readonly PriorityQueue<Due, long> _queue = new();
    private long _lastMs;

    /// <summary>How many monitors are planned.</summary>
    public int Count => _byId.Values.Count(known => known.Check is not null);

    /// <summary>When the next check is due (Unix milliseconds), as far as is known; far away where none is.</summary>
    public long NextMs => _queue.TryPeek(out _, out var atMs) ? atMs : long.MaxValue / 2;

    /// <summary>From now on these, and no others.</summary>
    public void Take(IReadOnlyList<AssignedMonitor> monitors, long nowMs)
    {
        foreach (var gone in _byId.Keys.Except(monitors.Select(monitor => monitor.Id)).ToList()) Retire(gone);
        foreach (var monitor in monitors)
        {
            if (_byId.TryGetValue(monitor.Id, out var known) && known.Version == monitor.Version) continue;
            Retire(monitor.Id);
            var check = Plan(monitor);
            _byId[monitor.Id] = (monitor.Version, check);
            if (check is not null) _queue.Enqueue(new Due(check, Minutes.Floor(nowMs / 1000), nowMs), nowMs);
        }
    }

    /// <summary>The next check that is due, if any is; its next one is planned meanwhile.</summary>
    public bool TryTakeDue(long nowMs, out Due due)
    {
        var present = Minutes.Floor(nowMs / 1000);
        // The clock was put back: what was planned by it would not come for as long.
        if (nowMs < _lastMs - 60_000) PlanAll(present);
        _lastMs = nowMs;
        while (_queue.TryPeek(out due, out var atMs) && atMs <= nowMs)
        {
            _queue.Dequeue();
            if (due.Check.IsRetired) continue;
            // After a sleep of the machine there is no way back to the minutes that it slept through.
            var isMissed = due.Minute < present;
            PlanNext(due.Check, isMissed ? present - 60 : due.Minute);
            if (!isMissed) return true;
        }
        return false;
    }

    /// <summary>Nothing is checked any more.</summary>
    public void Clear() => Take([], 0);

    private void PlanAll(long present)
    {
        _queue.Clear();
        foreach (var (_, check) in _byId.Values)
            if (check is not null) PlanNext(check, present - 60);
    }

    private void Retire(long monitor)
    {
        if (_byId.Remove(monitor, out var known)) known.Check?.Dispose();
    }

    private void PlanNext(PlannedCheck check, long after)
    {
        if (check.Cron.GetNextOccurrence(DateTimeOffset.FromUnixTimeSeconds(after).UtcDateTime) is not { } next) return;
        var minute = new DateTimeOffset(next).ToUnixTimeSeconds();
        var atMs = (minute * 1000) + check.OffsetMs;
        _queue.Enqueue(new Due(check, minute, atMs), atMs);
    }

    private PlannedCheck? Plan(AssignedMonitor monitor)
    {
        try
        {
            // Seconds say nothing: there is one result a minute.
            var fields = monitor.Cron.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            return new PlannedCheck(monitor, CronExpression.Parse(string.Join(' ', fields[^Math.Min(5, fields.Length)..])), types.Prepare(monitor));
        }
        catch (Exception fault)
        {
            // One monitor's data must not keep the others from being checked.
            log.LogWarning("Monitor {Tag} is not checked: this agent does not understand its type or cron ({Type}, {Cron}, {Fault})",
                monitor.Tag, monitor.Type, monitor.Cron, fault.GetType().Name);
            return null;
        }
    }
}

using Cronos;
using Kener.Agent.Checks;
using Kener.Contracts;

namespace Kener.Agent.Planning;

/// <summary>A check that is due: the minute for which it counts (Unix seconds), and its planned start (Unix milliseconds).</summary>
internal readonly record struct Due(PlannedCheck Check, long Minute, long AtMs);

/// <summary>
/// Decides when each monitor is checked: once in each minute of its cron, at a fixed offset within the minute, and at once when the monitor is new
/// or changed (Behavior: CHK-3). Not thread-safe.
/// </summary>
internal sealed class Schedule(CheckTypes types, ILogger<Schedule> log)
{
    // The check is null if this agent does not support the monitor, which is logged once per version of the monitor.
    private readonly Dictionary<long, (long Version, PlannedCheck? Check)> _byId = [];
    private readonly PriorityQueue<Due, long> _queue = new();
    private long _lastMs;

    /// <summary>Number of monitors that are checked.</summary>
    public int Count => _byId.Values.Count(known => known.Check is not null);

    /// <summary>When the next queued check is due (Unix milliseconds); far in the future if none is queued.</summary>
    public long NextMs => _queue.TryPeek(out _, out var atMs) ? atMs : long.MaxValue / 2;

    /// <summary>Replaces the list of monitors to check.</summary>
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

    /// <summary>Returns the next check that is due, if any, and queues the one that follows it.</summary>
    public bool TryTakeDue(long nowMs, out Due due)
    {
        var present = Minutes.Floor(nowMs / 1000);
        // The clock was set back: the queued checks would be late by as much.
        if (nowMs < _lastMs - 60_000) PlanAll(present);
        _lastMs = nowMs;
        while (_queue.TryPeek(out due, out var atMs) && atMs <= nowMs)
        {
            _queue.Dequeue();
            if (due.Check.IsRetired) continue;
            // After the machine was asleep, checks of past minutes make no sense.
            var isMissed = due.Minute < present;
            PlanNext(due.Check, isMissed ? present - 60 : due.Minute);
            if (!isMissed) return true;
        }
        return false;
    }

    /// <summary>Stops checking all monitors.</summary>
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
            // The seconds of a cron do not matter: there is one result per minute.
            var fields = monitor.Cron.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            return new PlannedCheck(monitor, CronExpression.Parse(string.Join(' ', fields[^Math.Min(5, fields.Length)..])), types.Prepare(monitor));
        }
        catch (Exception fault)
        {
            // The data of one monitor must not stop the checks of the others.
            log.LogWarning("Monitor {Tag} is not checked: this agent does not support its type or cron ({Type}, {Cron}, {Fault})",
                monitor.Tag, monitor.Type, monitor.Cron, fault.GetType().Name);
            return null;
        }
    }
}

using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Monitors.Groups;
using Kener.Monitors.Heartbeats;
using Kener.Monitors.Monitors;
using Kener.Monitors.Results;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>
/// Evaluates the monitors that need no agent: heartbeats and groups, in each minute of their cron, and a group also within a second after a member
/// changed (Behavior: GRP-4). Every replica does so with the same outcome; storing a result again changes nothing.
/// </summary>
internal sealed class Evaluations(IServiceScopeFactory scopes, Recording recording, TimeProvider clock, Outages outages, ILogger<Evaluations> log) : BackgroundService
{
    private const int AtOnce = 500;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1), BetweenNews = TimeSpan.FromMilliseconds(250);

    /// <summary>A monitor that is evaluated here.</summary>
    private sealed class Watched(Monitor monitor)
    {
        public Monitor Monitor => monitor;
        public GroupRule? Group { get; } = monitor.Type == MonitorTypes.Group ? GroupRule.Of(monitor.TypeData) : null;
        /// <summary>The last minute that was compared with its cron.</summary>
        public long Done { get; set; }
        private bool _hasFailed;

        /// <summary>Returns true on the first call only, so that a fault is logged once.</summary>
        public bool IsFirstFault() => !_hasFailed && (_hasFailed = true);
    }

    private readonly WakeSignal _signal = new();
    private readonly Awake _awake = new();
    private readonly ConcurrentDictionary<long, bool> _news = new();
    private Dictionary<long, Watched> _watched = [];
    private Dictionary<long, Watched[]> _groupsOf = [];
    private long _setVersion;

    /// <summary>Evaluates the groups of these monitors again, because a result or an overlay of a member has changed.</summary>
    public void Recorded(IEnumerable<long> monitors)
    {
        var groups = Volatile.Read(ref _groupsOf);
        foreach (var id in monitors)
        {
            if (!groups.ContainsKey(id)) continue;
            _news[id] = true;
            _signal.Wake();
        }
    }

    /// <summary>Wakes the loop, because monitors were changed.</summary>
    public void Wake() => _signal.Wake();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RoundAsync(stoppingToken);
                failures = 0;
                if (!_news.IsEmpty) await Task.Delay(BetweenNews, clock, stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                if (!outages.TryReport("Evaluating heartbeats and groups", fault) && failures++ % 60 == 0) log.LogWarning(fault, "Heartbeats and groups could not be evaluated; retrying every second");
            }
            await _signal.WaitAsync(Poll, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RoundAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MonitorsDb>();
        var awake = await _awake.MarkAsync(scope.ServiceProvider.GetRequiredService<Changes<MonitorsDb>>(), clock.GetUtcNow().ToUnixTimeSeconds(), cancel);
        var isNew = await LookAsync(db, cancel);
        var due = new HashSet<Watched>();
        foreach (var id in _news.Keys)
            if (_news.TryRemove(id, out _) && _groupsOf.TryGetValue(id, out var groups)) due.UnionWith(groups);
        if (isNew) due.UnionWith(_watched.Values.Where(watched => watched.Group is not null));
        var (now, minute) = (clock.GetUtcNow(), Minutes.Floor(clock.GetUtcNow().ToUnixTimeSeconds()));
        foreach (var watched in _watched.Values)
        {
            var delay = watched.Group?.Delay ?? TimeSpan.Zero;
            if (watched.Done >= minute || now < DateTimeOffset.FromUnixTimeSeconds(minute) + delay) continue;
            watched.Done = minute;
            if (CronSchedule.IsDue(watched.Monitor.Cron!, minute)) due.Add(watched);
        }
        foreach (var part in due.Chunk(AtOnce)) await EvaluateEachAsync(scope.ServiceProvider, part, awake, minute, now.ToUnixTimeSeconds(), cancel);
    }

    /// <summary>Evaluates the others if one monitor fails. If all of several fail, the cause is not their data, and the fault is thrown.</summary>
    private async Task EvaluateEachAsync(IServiceProvider services, Watched[] due, AwakeSpan present, long minute, long now, CancellationToken cancel)
    {
        var failed = new List<(Watched Watched, Exception Fault)>();
        await SplitAsync(due);
        if (failed.Count == due.Length && due.Length > 1) ExceptionDispatchInfo.Throw(failed[0].Fault);
        foreach (var (watched, fault) in failed)
            if (watched.IsFirstFault()) log.LogError(fault, "Monitor {Tag} cannot be evaluated", watched.Monitor.Tag);

        async Task SplitAsync(Watched[] part)
        {
            try
            {
                await EvaluateAsync(services, part, present, minute, now, cancel);
            }
            catch (Exception fault) when (!cancel.IsCancellationRequested)
            {
                if (!await services.GetRequiredService<MonitorsDb>().Database.CanConnectAsync(cancel)) throw;
                if (part.Length == 1) failed.Add((part[0], fault));
                else
                {
                    await SplitAsync(part[..(part.Length / 2)]);
                    await SplitAsync(part[(part.Length / 2)..]);
                }
            }
        }
    }

    private async Task EvaluateAsync(IServiceProvider services, Watched[] due, AwakeSpan present, long minute, long now, CancellationToken cancel)
    {
        var ids = due.Select(watched => watched.Monitor.Id).ToArray();
        await services.GetRequiredService<Changes<MonitorsDb>>().ProjectAsync(async change =>
        {
            // A concurrent ping is either read here or judged after this transaction.
            await Deletion.HoldOffAsync(change.Db, cancel);
            await Recording.LockAsync(change.Db, ids, cancel);
            var beats = await change.Db.Pings.Where(beat => ids.Contains(beat.MonitorId) && beat.At < minute + 60).GroupBy(beat => beat.MonitorId)
                .Select(own => new { own.Key, At = own.Max(beat => beat.At) }).ToDictionaryAsync(own => own.Key, own => (long?)own.At, cancel);
            List<AwakeSpan> awake = beats.Count == 0 ? [] : await AwakeSpan.SinceAsync(change.Db, beats.Values.Min() ?? 0, cancel);
            // The present span lasts until now, even if less of it is stored.
            awake.Add(new AwakeSpan { Process = present.Process, Start = present.Start, End = minute });
            var seen = new List<Observation>(due.Length);
            foreach (var watched in due)
            {
                var monitor = watched.Monitor;
                seen.Add(watched.Group is { } group
                    ? group.Judge(monitor.Id, minute, await Members.StatesAsync(change.Db, group, now, cancel))
                    : HeartbeatRule.Of(monitor.TypeData).Judge(monitor.Id, minute, beats.GetValueOrDefault(monitor.Id), awake));
            }
            await recording.StoreAsync(change, Observation.InOrder(seen), MonitorTypes.OfClock, "clock", cancel);
        }, cancel);
        // A heartbeat without pings changes the groups that contain it.
        Recorded(due.Where(watched => watched.Group is null).Select(watched => watched.Monitor.Id));
    }

    /// <summary>Reads the monitors again if any was changed. Returns whether it did.</summary>
    private async Task<bool> LookAsync(MonitorsDb db, CancellationToken cancel)
    {
        var version = await db.MonitorSets.Where(set => set.Id == MonitorSet.Only).Select(set => set.Version).SingleAsync(cancel);
        if (version == _setVersion) return false;
        var monitors = await db.Monitors.AsNoTracking()
            .Where(row => row.IsActive && row.Cron != null && MonitorTypes.OfClock.Contains(row.Type)).ToListAsync(cancel);
        var watched = monitors.Select(Watch).OfType<Watched>().ToDictionary(one => one.Monitor.Id);
        var tags = watched.Values.SelectMany(one => one.Group?.Members ?? []).Select(member => member.Tag).Distinct().ToList();
        var ids = await db.Monitors.Where(row => tags.Contains(row.Tag)).ToDictionaryAsync(row => row.Tag, row => row.Id, cancel);
        _watched = watched;
        Volatile.Write(ref _groupsOf, watched.Values.SelectMany(group => (group.Group?.Members ?? []).Where(member => ids.ContainsKey(member.Tag))
            .Select(member => (Id: ids[member.Tag], group))).GroupBy(pair => pair.Id).ToDictionary(pairs => pairs.Key, pairs => pairs.Select(pair => pair.group).ToArray()));
        _setVersion = version;
        return true;
    }

    /// <summary>Returns the previous object if the monitor is unchanged; null if its data cannot be read.</summary>
    private Watched? Watch(Monitor monitor)
    {
        if (_watched.TryGetValue(monitor.Id, out var before) && before.Monitor.Version == monitor.Version) return before;
        try
        {
            return new Watched(monitor);
        }
        catch (Exception fault)
        {
            log.LogError(fault, "Monitor {Tag} cannot be evaluated: its type_data cannot be read", monitor.Tag);
            return null;
        }
    }
}

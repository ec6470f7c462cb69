using System.Buffers.Binary;
using System.Security.Cryptography;
using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Monitors.Monitors;
using Kener.Monitors.Site;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Monitors.Agents;

/// <summary>
/// Keeps in memory what agents are to check: the monitors, read again when their set has changed, divided among the agents that were seen within
/// the last minute (Behavior: CHK-7). A change by this process is noticed at once, one by another replica within a second. While the database is
/// unavailable, the last known state is used.
/// </summary>
internal sealed class AssignmentCache(IServiceScopeFactory scopes, TimeProvider clock, IHostApplicationLifetime lifetime, IOptions<KenerSettings> settings,
    Outages outages, ILogger<AssignmentCache> log) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromSeconds(25), SeenEvery = TimeSpan.FromSeconds(10);
    private const long LiveMs = 60_000;
    // Reading ten thousand monitors takes a while. The pause after it is a multiple of that time, so that creating monitors one by one leaves time
    // for other work.
    private const int RestFactor = 5;

    /// <summary>An agent that was seen within the last minute, and its types as they are stored.</summary>
    private readonly record struct Known(string Name, string Types);

    private sealed record Board(long SetVersion, IReadOnlyList<Monitor> Monitors, Known[] Agents, int OwnRetentionDays, int? UsualRetentionDays);

    private readonly WakeSignal _signal = new();
    private readonly Dictionary<string, (long AtMs, string Types)> _seen = [];
    private TaskCompletionSource _changed = New();
    private Board? _board;
    private TimeSpan _rest;
    private long _readAt;

    /// <summary>The earliest time at which agents could reach this process, in Unix milliseconds.</summary>
    public long StartedMs { get; } = clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The longest retention of any monitor, in days; null if results may be kept forever, or before the monitors have been read.</summary>
    public int? LongestRetentionDays =>
        Volatile.Read(ref _board) is { UsualRetentionDays: { } usual } board ? Math.Max(usual, board.OwnRetentionDays) : null;

    /// <summary>Wakes the loop after a change of monitors.</summary>
    public void Wake() => _signal.Wake();

    /// <summary>
    /// Records that the agent is running and knows these types; in the database every ten seconds at most, and at once if the types have changed.
    /// </summary>
    public async Task SeenAsync(string agent, string types, Changes<MonitorsDb> changes, CancellationToken cancel)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_seen)
        {
            if (_seen.TryGetValue(agent, out var last) && last.Types == types && now - last.AtMs < SeenEvery.TotalMilliseconds) return;
            if (_seen.Count > 10_000) _seen.Clear();
            _seen[agent] = (now, types);
        }
        await Agent.SeenAsync(changes, agent, types, now, cancel);
        _signal.Wake();
    }

    /// <summary>
    /// Returns the agent's assignment as soon as its version differs from <paramref name="known"/>. After 25 s, returns null, or 503 if the monitors
    /// have not been read yet.
    /// </summary>
    public async Task<Assignment?> NextAsync(string agent, string types, string? known, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, lifetime.ApplicationStopping, cancel);
        while (true)
        {
            // Read before _board, so that a change in between is not missed.
            var changed = Volatile.Read(ref _changed).Task;
            var board = Volatile.Read(ref _board);
            if (board is not null && ShareOf(new Known(agent, types), board) is var share && VersionOf(share) is var version && version != known)
                return new Assignment(version, [.. share.Select(monitor => monitor.ToAssigned())]);
            try
            {
                await changed.WaitAsync(any.Token);
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                return board is null ? throw Refusal.Unavailable("The monitors are not known yet; try again later") : null;
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
                failures = 0;
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                if (!outages.TryReport("Reading the monitors", fault) && failures++ % 60 == 0) log.LogWarning(fault, "The monitors could not be read; agents keep their assignments, and result is retried every second");
            }
            var pause = _rest - clock.GetElapsedTime(_readAt) is var left && left > TimeSpan.Zero ? left : Poll;
            await _signal.WaitAsync(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MonitorsDb>();
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        // The version is read first, so the monitors are at least as new.
        var version = await db.MonitorSets.Where(set => set.Id == MonitorSet.Only).Select(set => set.Version).SingleAsync(cancel);
        var agents = await db.Agents.Where(agent => agent.SeenMs > now - LiveMs).OrderBy(agent => agent.Name).Select(agent => new Known(agent.Name, agent.Types)).ToArrayAsync(cancel);
        var usual = await KnownSite.RetentionDaysAsync(db, settings.Value, cancel);
        var board = _board;
        if (board is null || (board.SetVersion != version && clock.GetElapsedTime(_readAt) >= _rest))
        {
            var start = clock.GetTimestamp();
            board = new Board(
                version, await ReadAsync(db, cancel), agents, await db.Monitors.MaxAsync(monitor => monitor.RetentionDays, cancel) ?? 0, usual);
            _readAt = clock.GetTimestamp();
            _rest = clock.GetElapsedTime(start, _readAt) * RestFactor is var rest && rest < Poll ? rest : Poll;
        }
        if (!agents.AsSpan().SequenceEqual(board!.Agents)) board = board with { Agents = agents };
        if (board.UsualRetentionDays != usual) board = board with { UsualRetentionDays = usual };
        if (ReferenceEquals(board, _board)) return;
        Volatile.Write(ref _board, board);
        Interlocked.Exchange(ref _changed, New()).TrySetResult();
    }

    private static Task<List<Monitor>> ReadAsync(MonitorsDb db, CancellationToken cancel) => db.Monitors.AsNoTracking()
        .Where(monitor => monitor.IsActive && monitor.Cron != null && MonitorTypes.OfAgents.Contains(monitor.Type) && monitor.Obstacle != CheckObstacle.FieldMissing).OrderBy(monitor => monitor.Id).ToListAsync(cancel);

    /// <summary>Returns the agent's share: for each type that it knows, its part of the monitors among all agents that know the type.</summary>
    private static List<Monitor> ShareOf(Known agent, Board board)
    {
        // The requesting agent is running and knows these types, even if the board does not have that yet.
        var agents = board.Agents.Where(other => other.Name != agent.Name).Append(agent)
            .Select(one => (Hash: Rendezvous.Hash(one.Name), Types: Agent.ReadTypes(one.Types))).ToList();
        var hashes = Agent.ReadTypes(agent.Types).ToDictionary(
            type => type, type => agents.Where(other => other.Types.Contains(type)).Select(other => other.Hash).ToArray(), StringComparer.Ordinal);
        var own = Rendezvous.Hash(agent.Name);
        return [.. board.Monitors.Where(monitor => hashes.TryGetValue(monitor.Type, out var others) && Rendezvous.IsOf(own, others, monitor.Id))];
    }

    private static string VersionOf(List<Monitor> share)
    {
        var bytes = new byte[share.Count * 16];
        for (var i = 0; i < share.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * 16), share[i].Id);
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan((i * 16) + 8), share[i].Version);
        }
        return Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12));
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

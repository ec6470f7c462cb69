using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Snapshots;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kener.ServiceDefaults.Redis;

/// <summary>The services that own snapshots, by their names in service discovery.</summary>
internal sealed record SnapshotOwners(IReadOnlyList<string> Names);

/// <summary>
/// Fetches snapshots from their owners over HTTP while Redis does not answer, has nothing new, or has something that cannot be used. Queries each
/// owner once a second and takes newer versions. If Redis and the owner both have an older version than the store, the owner's replaces the store's.
/// </summary>
internal sealed class SnapshotAsker(
    SnapshotOwners owners, RedisNews news, SnapshotStore board, SnapshotIntake intake, IHttpClientFactory clients, InternalToken token, TimeProvider clock,
    ILogger<SnapshotAsker> log) : BackgroundService
{
    public const string ClientName = "snapshots";
    private const int LongestQuery = 4_000, MostInQuery = 8, MostBoards = 100, RoundsOfDoubt = 3;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200), Every = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromSeconds(2);
    // Other processes have other clocks, so what counts is that each owner's confirmation is newer than its previous one.
    private readonly ConcurrentDictionary<string, long> _confirmed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (Snapshot Of, int Rounds)> _older = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _unreadable = new(StringComparer.Ordinal);

    private sealed record Wanted(string Key, long Version, bool Replaces);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var start = clock.GetTimestamp();
                if (news.AreMissed || intake.AsksOwners)
                {
                    intake.BeginRound();
                    var answers = await Task.WhenAll(owners.Names.Select(owner => TryAsync(owner, stoppingToken)));
                    if (answers.Contains(false)) intake.FailRound();
                    if (clock.GetElapsedTime(start) is var took && took < Every) await Task.Delay(Every - took, clock, stoppingToken);
                }
                else
                {
                    await Task.Delay(Look, clock, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The process is stopping.
        }
    }

    private async Task<bool> TryAsync(string owner, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            await AskAsync(owner, patience.Token);
            _unreadable.TryRemove(owner, out _);
            return true;
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            // An unreachable owner is expected; one whose response cannot be read is logged once.
            var isAway = fault is HttpRequestException or OperationCanceledException or TimeoutException;
            if (isAway || !_unreadable.TryAdd(owner, true)) log.LogDebug("The snapshots of {Owner} could not be fetched: {Reason}", owner, fault.Message);
            else log.LogWarning(fault, "The snapshots of {Owner} cannot be read", owner);
            return false;
        }
    }

    private async Task AskAsync(string owner, CancellationToken cancel)
    {
        var inventory = SnapshotInventory.Read(await GetAsync($"http://{owner}{SnapshotEndpoint.Path}", cancel));
        if (inventory is null) return;
        foreach (var some in Portions(WantedOf(inventory))) await TakeAsync(owner, some, cancel);
        if (inventory.Versions.ContainsKey(SnapshotKeys.Home))
        {
            foreach (var known in board.All)
                if (known.Key.StartsWith(SnapshotKeys.Pages, StringComparison.Ordinal) && !inventory.Versions.ContainsKey(known.Key)) board.Remove(known.Key);
        }
        if (intake.IsTime(inventory.ConfirmedMs)) Confirm(inventory);
    }

    private void Confirm(SnapshotInventory inventory)
    {
        // Each replica of an owner has its own id, and a new one after each start.
        if (_confirmed.Count > MostBoards) _confirmed.Clear();
        var before = _confirmed.GetValueOrDefault(inventory.BoardId, -1);
        _confirmed[inventory.BoardId] = inventory.ConfirmedMs;
        if (before == -1) board.ConfirmedAt(inventory.ConfirmedMs);
        else if (inventory.ConfirmedMs > before) board.Confirm();
    }

    /// <summary>
    /// Returns what to fetch: snapshots that are newer at the owner, and those that are older there while Redis has an older version, too.
    /// </summary>
    private List<Wanted> WantedOf(SnapshotInventory inventory)
    {
        List<Wanted> wanted = [];
        foreach (var (key, version) in inventory.Versions)
        {
            if (!SnapshotIntake.IsKey(key) || !intake.IsVersion(version)) continue;
            intake.Own(key);
            var known = board.Find(key);
            if (known is not null && known.Version > version)
            {
                if (intake.IsDoubted(known) && IsOlderOftenEnough(known)) wanted.Add(new Wanted(key, version, true));
                continue;
            }
            intake.Trust(key);
            _older.TryRemove(key, out _);
            if (known is null || known.Version < version) wanted.Add(new Wanted(key, version, false));
        }
        return wanted;
    }

    /// <summary>Returns whether the owner's version was older in several rounds in a row: one replica may be a moment behind another.</summary>
    private bool IsOlderOftenEnough(Snapshot known)
    {
        var rounds = _older.TryGetValue(known.Key, out var before) && ReferenceEquals(before.Of, known) ? before.Rounds + 1 : 1;
        _older[known.Key] = (known, rounds);
        return rounds >= RoundsOfDoubt;
    }

    /// <summary>Splits the requests, so that every server accepts their length and every response fits in memory.</summary>
    private static IEnumerable<List<Wanted>> Portions(List<Wanted> wanted)
    {
        var (portion, length) = (new List<Wanted>(), 0);
        foreach (var one in wanted)
        {
            if (portion.Count == MostInQuery || (portion.Count > 0 && length + one.Key.Length * 3 > LongestQuery))
            {
                yield return portion;
                (portion, length) = ([], 0);
            }
            portion.Add(one);
            length += one.Key.Length * 3;
        }
        if (portion.Count > 0) yield return portion;
    }

    private async Task TakeAsync(string owner, List<Wanted> wanted, CancellationToken cancel)
    {
        var query = "?" + string.Join('&', wanted.Select(one => $"key={Uri.EscapeDataString(one.Key)}"));
        foreach (var snapshot in SnapshotInventory.ReadBodies(await GetAsync($"http://{owner}{SnapshotEndpoint.Path}{query}", cancel)))
        {
            if (wanted.Find(one => one.Key == snapshot.Key) is not { } asked) continue;
            // It may have changed since the owner reported its version.
            intake.Take(asked.Key, Math.Max(asked.Version, snapshot.Version), snapshot, asked.Replaces);
        }
    }

    private async Task<byte[]> GetAsync(string address, CancellationToken cancel)
    {
        using var client = clients.CreateClient(ClientName);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.For(Gate.Gateway));
        using var answer = await client.SendAsync(request, cancel);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsByteArrayAsync(cancel);
    }
}

using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kener.ServiceDefaults;

/// <summary>The services that own snapshots, by their names in service discovery.</summary>
internal sealed record SnapshotOwners(IReadOnlyList<string> Names);

/// <summary>
/// Owner → gateway without Redis: while Redis says nothing, or nothing new, asks each owner once a second what it has, and takes what is
/// newer.
/// </summary>
internal sealed class SnapshotAsker(
    SnapshotOwners owners, RedisNews news, SnapshotBoard board, IHttpClientFactory clients, InternalToken token, TimeProvider clock,
    ILogger<SnapshotAsker> log) : BackgroundService
{
    public const string ClientName = "snapshots";
    private const int LongestQuery = 4_000;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200), Every = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromSeconds(2);
    // A board of another process has another clock, so what counts is that each says something newer than it said before.
    private readonly ConcurrentDictionary<string, long> _confirmed = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var start = clock.GetTimestamp();
                if (news.AreMissed)
                {
                    await Task.WhenAll(owners.Names.Select(owner => TryAsync(owner, stoppingToken)));
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
            // The process ends.
        }
    }

    private async Task TryAsync(string owner, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            await AskAsync(owner, patience.Token);
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            log.LogDebug("{Owner} does not give its snapshots: {Reason}", owner, fault.Message);
        }
    }

    private async Task AskAsync(string owner, CancellationToken cancel)
    {
        var inventory = SnapshotInventory.Read(await GetAsync($"http://{owner}{SnapshotEndpoint.Path}", cancel));
        if (inventory is null) return;
        foreach (var query in Queries(inventory))
        {
            foreach (var snapshot in SnapshotInventory.ReadBodies(await GetAsync($"http://{owner}{SnapshotEndpoint.Path}{query}", cancel)))
                board.Publish(snapshot);
        }
        if (inventory.Versions.ContainsKey(SnapshotKeys.Home))
        {
            foreach (var known in board.All)
                if (known.Key.StartsWith(SnapshotKeys.Pages, StringComparison.Ordinal) && !inventory.Versions.ContainsKey(known.Key)) board.Remove(known.Key);
        }
        if (inventory.ConfirmedMs != 0) Confirm(inventory);
    }

    private void Confirm(SnapshotInventory inventory)
    {
        var before = _confirmed.GetValueOrDefault(inventory.BoardId, -1);
        _confirmed[inventory.BoardId] = inventory.ConfirmedMs;
        if (before == -1) board.ConfirmedAt(inventory.ConfirmedMs);
        else if (inventory.ConfirmedMs > before) board.Confirm();
    }

    /// <summary>What is newer there, in questions of a length that any server takes.</summary>
    private IEnumerable<string> Queries(SnapshotInventory inventory)
    {
        var query = "";
        foreach (var (key, version) in inventory.Versions)
        {
            if (board.Find(key) is { } known && known.Version >= version) continue;
            var next = $"key={Uri.EscapeDataString(key)}";
            if (query.Length + next.Length > LongestQuery)
            {
                yield return query;
                query = "";
            }
            query += (query.Length == 0 ? "?" : "&") + next;
        }
        if (query.Length > 0) yield return query;
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

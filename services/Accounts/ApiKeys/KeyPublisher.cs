using Kener.Persistence;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Accounts.ApiKeys;

/// <summary>
/// Puts the active keys on the board: at the start, after each change, and once a second where another process changed them or the
/// database was away when this one did.
/// </summary>
internal sealed class KeyPublisher(IServiceScopeFactory scopes, SnapshotBoard board, TimeProvider clock, Outages outages, ILogger<KeyPublisher> log) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>Publishes the set if it is newer than what is on the board. Never fails: the poll tries again.</summary>
    public async Task PublishAsync(CancellationToken cancel)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AccountsDb>();
            // The version first: keys read later are at least as new, and a newer version follows with the same.
            var version = await db.KeySets.Where(set => set.Id == KeySet.Only).Select(set => set.Version).SingleAsync(cancel);
            if (board.Find(PublishedKeys.SnapshotKey) is { } known && known.Version >= version) return;
            var keys = await db.ApiKeys.AsNoTracking().Where(key => key.Status == KeyStatus.ACTIVE).OrderBy(key => key.Id).ToListAsync(cancel);
            var published = keys.Select(key => new PublishedKey(key.Hash, key.Id, key.Name, key.Permissions, key.ExpiresAt));
            board.Publish(new PublishedKeys(version, [.. published]).ToSnapshot(clock.GetUtcNow().ToUnixTimeMilliseconds()));
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            if (!outages.TryReport("Reading the API keys", fault)) log.LogWarning(fault, "The API keys could not be read; trying again");
        }
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // A gateway keeps the newest set. After a restore from an older backup, the set that is now in force must be newer than what it has.
        await using (var scope = scopes.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<Changes<AccountsDb>>().ProjectAsync(change => change.LockSetAsync(cancellationToken), cancellationToken);
        await PublishAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Poll, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await PublishAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }
}

using Kener.Accounts.Database;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Snapshots;
using Microsoft.EntityFrameworkCore;

namespace Kener.Accounts.ApiKeys;

/// <summary>
/// Publishes the active keys as a snapshot: at the start, after each change, and once a second, in case another process changed them or the
/// database was unreachable when this process published a change.
/// </summary>
internal sealed class KeyPublisher(IServiceScopeFactory scopes, SnapshotStore board, TimeProvider clock, Outages outages, ILogger<KeyPublisher> log) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1);

    /// <summary>Publishes the set if it is newer than the published one. Never throws: the poll tries again.</summary>
    public async Task PublishAsync(CancellationToken cancel)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AccountsDb>();
            // Version before keys: the keys are then at least as new, and a change between the two reads is published again with its own version.
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
        // A gateway keeps the newest set: after a restore from an older backup, the restored set needs a newer version than any gateway has.
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
            // The process is stopping.
        }
    }
}

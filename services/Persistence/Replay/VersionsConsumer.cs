using Kener.Contracts;
using Kener.Persistence.Commit;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Kener.Persistence.Replay;

/// <summary>
/// Makes owner and consumers agree after one of them was restored from an older backup: the owner publishes its versions, a consumer answers with
/// those of its own that differ, and the owner publishes these entities again. Each step may be repeated.
/// </summary>
public abstract class VersionsConsumer<TDb>(Changes<TDb> changes, Reconciliation<TDb> reconciliation, ILogger log)
    : IConsumer<VersionsRequested>, IConsumer<VersionsPublished>, IConsumer<VersionsDisputed> where TDb : ModuleDb
{
    private const int AtOnce = 1_000;
    // Ids count entities, so a higher one is an error and must not become the next id.
    private const long HighestId = 1L << 40;

    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<VersionsRequested> context)
    {
        foreach (var owned in reconciliation.Owned.Where(owned => context.Message.Types.Contains(owned.Type)))
        {
            var after = 0L;
            while (after < long.MaxValue) after = await PublishAsync(owned, after, context.CancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task Consume(ConsumeContext<VersionsPublished> context)
    {
        var (message, cancel) = (context.Message, context.CancellationToken);
        if (reconciliation.Known.FirstOrDefault(known => known.Type == message.Type) is not { } known) return Task.CompletedTask;
        return changes.ProjectAsync(async change =>
        {
            var mine = await known.Versions(change.Db).Where(entity => entity.Id > message.After && entity.Id <= message.UpTo)
                .ToDictionaryAsync(entity => entity.Id, entity => entity.Version, cancel);
            var differing = new List<EntityVersion>();
            foreach (var entity in message.Entities)
            {
                if (!mine.Remove(entity.Id, out var version) || version != entity.Version) differing.Add(entity with { Version = version });
            }
            differing.AddRange(mine.Select(lost => new EntityVersion { Id = lost.Key, Version = lost.Value }));
            if (differing.Count == 0) return;
            log.LogDebug("{Module} has other versions of {Count} {Type} than their owner, and reports them to it", reconciliation.Module, differing.Count, message.Type);
            foreach (var part in differing.Chunk(AtOnce))
                change.Publish("versions", () => new VersionsDisputed { By = reconciliation.Module, Type = message.Type, Known = part });
        }, cancel);
    }

    /// <inheritdoc/>
    public async Task Consume(ConsumeContext<VersionsDisputed> context)
    {
        if (reconciliation.Owned.FirstOrDefault(owned => owned.Type == context.Message.Type) is not { } owned) return;
        var superseded = 0;
        // A transaction each, so that none of them is locked while others are read.
        foreach (var known in context.Message.Known)
            if (await SettleAsync(owned, known, context.CancellationToken)) superseded++;
        if (superseded > 0)
        {
            log.LogWarning("{By} had newer versions of {Count} {Type} than {Module}, whose database was restored from an older backup: its present state is published again",
                context.Message.By, superseded, owned.Type, reconciliation.Module);
        }
    }

    private async Task<long> PublishAsync(OwnedEntities<TDb> owned, long after, CancellationToken cancel)
    {
        var upTo = after;
        await changes.ProjectAsync(async change =>
        {
            var entities = await owned.Versions(change.Db).Where(entity => entity.Id > after).OrderBy(entity => entity.Id).Take(AtOnce).ToListAsync(cancel);
            upTo = entities.Count < AtOnce ? long.MaxValue : entities[^1].Id;
            change.Publish("versions", () => new VersionsPublished { Type = owned.Type, After = after, UpTo = upTo, Entities = entities });
        }, cancel);
        return upTo;
    }

    /// <summary>Publishes an entity again; returns whether that took a new version.</summary>
    private async Task<bool> SettleAsync(OwnedEntities<TDb> owned, EntityVersion known, CancellationToken cancel)
    {
        var isSuperseded = false;
        await changes.ProjectAsync(async change =>
        {
            isSuperseded = false;
            var version = await owned.Versions(change.Db).Where(entity => entity.Id == known.Id).Select(entity => (long?)entity.Version).FirstOrDefaultAsync(cancel);
            // An event that was in flight has arrived meanwhile, or there can be no such entity.
            if (version == known.Version || known.Id is <= 0 or > HighestId || known.Version == long.MaxValue) return;
            if (version > known.Version)
            {
                await owned.ResendAsync(change, known.Id, cancel);
                return;
            }
            isSuperseded = true;
            await change.Db.RaiseIdsAsync(change.Db.Model.FindEntityType(owned.Entity)!, known.Id, 0, cancel);
            await owned.SupersedeAsync(change, known.Id, Math.Max(known.Version + 1, change.NowMs), cancel);
        }, cancel);
        return isSuperseded;
    }
}

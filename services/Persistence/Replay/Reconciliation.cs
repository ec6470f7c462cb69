using Kener.Contracts;
using Kener.Persistence.Commit;
using Kener.Persistence.Delivery;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Kener.Persistence.Replay;

/// <summary>An event type whose entities this module owns.</summary>
/// <param name="Type">The name of the event.</param>
/// <param name="Entity">The aggregate.</param>
/// <param name="Versions">The versions of all entities, deleted ones included.</param>
/// <param name="ResendAsync">Publishes an entity as it is.</param>
/// <param name="SupersedeAsync">Publishes an entity with at least this version; as deleted if it does not exist.</param>
public sealed record OwnedEntities<TDb>(
    string Type, Type Entity, Func<TDb, IQueryable<EntityVersion>> Versions, Func<Change<TDb>, long, CancellationToken, Task> ResendAsync,
    Func<Change<TDb>, long, long, CancellationToken, Task> SupersedeAsync) where TDb : ModuleDb;

/// <summary>An event type that this module consumes, and the newest version that it has received of each entity.</summary>
public sealed record KnownEntities<TDb>(string Type, Func<TDb, IQueryable<EntityVersion>> Versions) where TDb : ModuleDb;

/// <summary>What a module compares with other modules after a start, since either side may have been restored from an older backup.</summary>
public sealed record Reconciliation<TDb>(string Module, IReadOnlyList<OwnedEntities<TDb>> Owned, IReadOnlyList<KnownEntities<TDb>> Known) where TDb : ModuleDb
{
    internal VersionsRequested Request => new() { By = Module, Types = [.. Owned.Select(own => own.Type), .. Known.Select(known => known.Type)] };
}

/// <summary>The newest version that the module in this assembly has received of an entity; 0 if none.</summary>
internal sealed record KnownVersion(System.Reflection.Assembly Assembly, string Type, Func<IServiceProvider, long, CancellationToken, Task<long>> FindAsync);

/// <summary>Registers a module's <see cref="Reconciliation{TDb}"/>.</summary>
public static class ReconciliationExtensions
{
    /// <summary>Compares versions at each start. <typeparamref name="TConsumer"/> belongs to the module; <paramref name="queue"/> is its queue at RabbitMQ.</summary>
    public static IHostApplicationBuilder AddReconciliation<TDb, TConsumer>(this IHostApplicationBuilder builder, string queue, Reconciliation<TDb> reconciliation)
        where TDb : ModuleDb where TConsumer : VersionsConsumer<TDb>
    {
        builder.Services.AddSingleton(reconciliation);
        foreach (var known in reconciliation.Known)
        {
            builder.Services.AddSingleton(new KnownVersion(typeof(TConsumer).Assembly, known.Type, (services, id, cancel) => known
                .Versions(services.GetRequiredService<TDb>()).Where(entity => entity.Id == id).Select(entity => entity.Version).FirstOrDefaultAsync(cancel)));
        }
        return builder.AddEventConsumer<TConsumer>(queue);
    }
}

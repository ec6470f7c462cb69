using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Kener.Persistence.Replay;

/// <summary>The ids that a database assigns to new rows.</summary>
internal static class Ids
{
    /// <summary>Returns the entities whose ids the database assigns.</summary>
    public static IEnumerable<IEntityType> WithIds(this ModuleDb db) => db.Model.GetEntityTypes().Where(entity =>
        entity.FindPrimaryKey()?.Properties is [{ ValueGenerated: ValueGenerated.OnAdd } key] && key.ClrType == typeof(long));

    /// <summary>
    /// Makes the next id of these rows, if the database assigns it, higher than <paramref name="highest"/> and than the last one plus
    /// <paramref name="more"/>.
    /// </summary>
    public static async Task RaiseIdsAsync(this ModuleDb db, IEntityType entity, long highest, long more, CancellationToken cancel)
    {
        if (!db.WithIds().Contains(entity)) return;
        var table = entity.GetTableName()!;
        if (db.IsPostgres)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                SELECT setval(ids, GREATEST({highest}, COALESCE(pg_sequence_last_value(ids), 0) + {more}, 1))
                FROM (SELECT pg_get_serial_sequence({table}, 'id')::regclass AS ids) AS own
                """, cancel);
            return;
        }
        await db.Database.ExecuteSqlAsync(
            $"INSERT INTO sqlite_sequence (name, seq) SELECT {table}, 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = {table})", cancel);
        await db.Database.ExecuteSqlAsync($"UPDATE sqlite_sequence SET seq = MAX(seq + {more}, {highest}) WHERE name = {table}", cancel);
    }
}

using System.Globalization;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Monitors;

/// <summary>
/// In PostgreSQL, results lie in a partition a month. Makes those from as far back as results are kept, though 13 months at most, to 2 months
/// ahead, at the start and once a day; what lies outside is in the default partition. SQLite has none.
/// </summary>
internal sealed class ResultPartitions(
    IServiceScopeFactory scopes, IOptions<KenerSettings> settings, TimeProvider clock, ILogger<ResultPartitions> log) : BackgroundService
{
    private const int MostMonthsBack = 13, MonthsAhead = 2;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await EnsureAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Daily.RunAsync(
        "Making the partitions of results, which lie in the default one meanwhile,", TimeSpan.Zero, EnsureAsync, clock, log, stoppingToken);

    internal async Task EnsureAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MonitorsDb>();
        if (!db.IsPostgres) return;
        var present = FirstOfMonth(clock.GetUtcNow());
        var (most, last) = (present.AddMonths(-MostMonthsBack), present.AddMonths(MonthsAhead));
        var first = await FirstKeptAsync(db, cancel) is { } kept && kept > most ? kept : most;
        for (var month = first; month <= last; month = month.AddMonths(1))
        {
            // A month a transaction: where rows have to be moved, the lock is short.
            var sql = Make(month);
            await db.Database.CreateExecutionStrategy().ExecuteAsync(async token => await db.Database.ExecuteSqlRawAsync(sql, token), cancel);
        }
    }

    /// <summary>Drops the months that are wholly older than any result is kept. Where others are in the way, tomorrow is early enough.</summary>
    internal async Task DropAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MonitorsDb>();
        if (!db.IsPostgres || await FirstKeptAsync(db, cancel) is not { } kept) return;
        var oldest = NameOf(kept);
        var names = await db.Database.SqlQuery<string>(
            $"SELECT relname::text AS \"Value\" FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = 'results'::regclass").ToListAsync(cancel);
        foreach (var name in names.Where(name => name != "results_default" && string.CompareOrdinal(name, oldest) < 0).Order(StringComparer.Ordinal))
        {
            // The name is one of ours: "results_" and a month.
            var sql = $"SET LOCAL lock_timeout = '2s'; DROP TABLE IF EXISTS \"{name}\"";
            await db.Database.CreateExecutionStrategy().ExecuteAsync(async token =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync(token);
                await db.Database.ExecuteSqlRawAsync(sql, token);
                await transaction.CommitAsync(token);
            }, cancel);
            log.LogInformation("Dropped {Partition}: all of it is older than results are kept", name);
        }
    }

    /// <summary>The month of the oldest result that some monitor keeps; null where any may be kept for ever.</summary>
    private async Task<DateTimeOffset?> FirstKeptAsync(MonitorsDb db, CancellationToken cancel)
    {
        if (await KnownSite.RetentionDaysAsync(db, settings.Value, cancel) is not { } usual) return null;
        var days = Math.Max(usual, await db.Monitors.MaxAsync(monitor => monitor.RetentionDays, cancel) ?? 0);
        return FirstOfMonth(clock.GetUtcNow().AddDays(-days));
    }

    /// <summary>The first day of the partition in which that minute lies, if it has one.</summary>
    internal static DateTimeOffset MonthOf(long minute) => FirstOfMonth(DateTimeOffset.FromUnixTimeSeconds(minute));

    private static DateTimeOffset FirstOfMonth(DateTimeOffset day) => new(day.Year, day.Month, 1, 0, 0, 0, TimeSpan.Zero);

    private static string NameOf(DateTimeOffset month) => "results_" + month.ToString("yyyy_MM", CultureInfo.InvariantCulture);

    /// <summary>Makes the month's partition unless it is there, with the rows that the default one holds of it. Replicas take turns.</summary>
    internal static string Make(DateTimeOffset month)
    {
        var name = NameOf(month);
        var (from, to) = (month.ToUnixTimeSeconds(), month.AddMonths(1).ToUnixTimeSeconds());
        return $"""
            DO $$ BEGIN
                PERFORM pg_advisory_xact_lock(hashtext('kener results partitions'));
                IF to_regclass('{name}') IS NULL THEN
                    LOCK TABLE results IN SHARE UPDATE EXCLUSIVE MODE;
                    LOCK TABLE results_default IN ACCESS EXCLUSIVE MODE;
                    CREATE TABLE {name} (LIKE results INCLUDING ALL);
                    WITH moved AS (DELETE FROM results_default WHERE minute >= {from} AND minute < {to} RETURNING *)
                        INSERT INTO {name} SELECT * FROM moved;
                    ALTER TABLE results ATTACH PARTITION {name} FOR VALUES FROM ({from}) TO ({to});
                END IF;
            END $$;
            """;
    }
}

using System.Globalization;
using Kener.Monitors.Database;
using Kener.Monitors.Site;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Monitors.Results;

/// <summary>
/// Creates the monthly partitions of results in PostgreSQL, at the start and once a day: from the oldest month that is kept, at most 13 months
/// back, to 2 months ahead. Results outside of them are in the default partition. SQLite has no partitions.
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
        "Creating the partitions of results, which are stored in the default partition meanwhile,", TimeSpan.Zero, EnsureAsync, clock, log, stoppingToken);

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
            // One transaction for each month, so that the lock is short if rows have to be moved.
            var sql = Make(month);
            await db.Database.CreateExecutionStrategy().ExecuteAsync(async token => await db.Database.ExecuteSqlRawAsync(sql, token), cancel);
        }
    }

    /// <summary>Drops the months of which no result is kept. If a lock is not granted within 2 s, the next attempt is tomorrow.</summary>
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
            // Safe to embed: the name is "results_" and a month.
            var sql = $"SET LOCAL lock_timeout = '2s'; DROP TABLE IF EXISTS \"{name}\"";
            await db.Database.CreateExecutionStrategy().ExecuteAsync(async token =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync(token);
                await db.Database.ExecuteSqlRawAsync(sql, token);
                await transaction.CommitAsync(token);
            }, cancel);
            log.LogInformation("Dropped the partition {Partition}: all its results are older than the retention", name);
        }
    }

    /// <summary>Returns the month of the oldest result that any monitor keeps; null if results may be kept forever.</summary>
    private async Task<DateTimeOffset?> FirstKeptAsync(MonitorsDb db, CancellationToken cancel)
    {
        if (await KnownSite.RetentionDaysAsync(db, settings.Value, cancel) is not { } usual) return null;
        var days = Math.Max(usual, await db.Monitors.MaxAsync(monitor => monitor.RetentionDays, cancel) ?? 0);
        return FirstOfMonth(clock.GetUtcNow().AddDays(-days));
    }

    /// <summary>Returns the first day of the month of that minute, which identifies its partition if there is one.</summary>
    internal static DateTimeOffset MonthOf(long minute) => FirstOfMonth(DateTimeOffset.FromUnixTimeSeconds(minute));

    private static DateTimeOffset FirstOfMonth(DateTimeOffset day) => new(day.Year, day.Month, 1, 0, 0, 0, TimeSpan.Zero);

    private static string NameOf(DateTimeOffset month) => "results_" + month.ToString("yyyy_MM", CultureInfo.InvariantCulture);

    /// <summary>Returns SQL that creates the month's partition if missing, with its rows from the default one. A lock serializes replicas.</summary>
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

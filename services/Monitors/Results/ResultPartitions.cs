using System.Globalization;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>
/// In PostgreSQL, results lie in a partition a month. Makes those from 13 months back to 2 months ahead, at the start and once a day;
/// what lies outside is in the default partition. SQLite has none.
/// </summary>
internal sealed class ResultPartitions(IServiceScopeFactory scopes, TimeProvider clock, ILogger<ResultPartitions> log) : BackgroundService
{
    private const int MonthsBack = 13, MonthsAhead = 2;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await EnsureAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromDays(1), clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await EnsureAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(fault, "Could not make the partitions of results; results lie in the default one until tomorrow's try");
            }
        }
    }

    internal async Task EnsureAsync(CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MonitorsDb>();
        if (!db.IsPostgres) return;
        var today = clock.GetUtcNow();
        var present = new DateTimeOffset(today.Year, today.Month, 1, 0, 0, 0, TimeSpan.Zero);
        for (var month = -MonthsBack; month <= MonthsAhead; month++)
        {
            // A month a transaction: where rows have to be moved, the lock is short.
            var sql = Make(present.AddMonths(month));
            await db.Database.CreateExecutionStrategy().ExecuteAsync(async token => await db.Database.ExecuteSqlRawAsync(sql, token), cancel);
        }
    }

    /// <summary>Makes the month's partition unless it is there, with the rows that the default one holds of it. Replicas take turns.</summary>
    internal static string Make(DateTimeOffset month)
    {
        var name = "results_" + month.ToString("yyyy_MM", CultureInfo.InvariantCulture);
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

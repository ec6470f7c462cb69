using System.Data.Common;
using System.Text.Json;
using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Kener.Monitors.Results;

/// <summary>A person's correction of minutes: one status, and a latency for each. Minutes are distinct and in ascending order.</summary>
internal sealed record Correction(MonitorStatus Status, long[] Minutes, double[] Latencies)
{
    private const double MostMilliseconds = 1e9;

    public static MonitorStatus StatusOf(JsonElement value, string message) => value.Text(message) switch
    {
        "UP" => MonitorStatus.Up,
        "DOWN" => MonitorStatus.Down,
        "DEGRADED" => MonitorStatus.Degraded,
        _ => throw Refusal.BadRequest(message),
    };

    /// <summary>Reads milliseconds: finite, not negative, at most 1e9; otherwise 400.</summary>
    public static double Amount(JsonElement value, string message) =>
        // Adding 0 turns -0 into 0.
        value.Number(message) is var number and >= 0 and <= MostMilliseconds ? number + 0d : throw Refusal.BadRequest(message);

    /// <summary>
    /// Returns the monitor, locked against deletion and other corrections until the transaction ends; null if it does not exist. Results of checks
    /// do not wait for this lock. SQLite has a single writer and needs no lock.
    /// </summary>
    public static async Task<Monitor?> LockAsync(MonitorsDb db, long id, CancellationToken cancel)
    {
        var monitors = db.IsPostgres
            ? db.Locked<Monitor>("WHERE id = {0} FOR NO KEY UPDATE", id)
            : db.Monitors.Where(row => row.Id == id);
        return (await monitors.AsNoTracking().ToListAsync(cancel)).SingleOrDefault();
    }

    /// <summary>
    /// Inserts or overwrites the minutes in the current transaction (in PostgreSQL by one statement). Returns what is now stored, in order. The
    /// raw_status of a check is kept; its message is removed, because it no longer explains the status.
    /// </summary>
    public async Task<IReadOnlyList<MinuteStatus>> StoreAsync(MonitorsDb db, long monitor, long now, CancellationToken cancel)
    {
        // Higher than any version of these minutes in other services, even if this database was restored from an older backup.
        var version = EventVersions.OfCorrection(now);
        var versions = db.IsPostgres ? await UnnestAsync(db, monitor, version, cancel) : await OneByOneAsync(db, monitor, version, cancel);
        return [.. Minutes.Select((minute, i) => new MinuteStatus(minute, Status, Latencies[i], versions[i]))];
    }

    private async Task<int[]> UnnestAsync(MonitorsDb db, long monitor, int version, CancellationToken cancel)
    {
        var (status, manual) = ((short)Status, (short)ResultType.Manual);
        var rows = await db.Database.SqlQuery<Stored>($"""
            INSERT INTO results (monitor_id, minute, region, status, raw_status, latency, type, version)
            SELECT {monitor}, minute, 0, {status}, {status}, latency, {manual}, {version} FROM unnest({Minutes}, {Latencies}) AS given (minute, latency)
            ON CONFLICT (monitor_id, minute, region) DO UPDATE SET
                status = excluded.status, latency = excluded.latency, type = excluded.type, message = NULL,
                version = GREATEST(results.version + 1, excluded.version)
            RETURNING minute, version
            """).ToListAsync(cancel);
        return [.. rows.OrderBy(row => row.Minute).Select(row => row.Version)];
    }

    private async Task<int[]> OneByOneAsync(MonitorsDb db, long monitor, int version, CancellationToken cancel)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        command.CommandText = """
            INSERT INTO results (monitor_id, minute, region, status, raw_status, latency, type, version)
            VALUES (@monitor, @minute, 0, @status, @status, @latency, @manual, @version)
            ON CONFLICT (monitor_id, minute, region) DO UPDATE SET
                status = excluded.status, latency = excluded.latency, type = excluded.type, message = NULL,
                version = MAX(results.version + 1, excluded.version)
            RETURNING version
            """;
        Add(command, "@monitor", monitor);
        Add(command, "@status", (long)Status);
        Add(command, "@manual", (long)ResultType.Manual);
        Add(command, "@version", (long)version);
        var minute = Add(command, "@minute", 0L);
        var latency = Add(command, "@latency", 0d);
        await command.PrepareAsync(cancel);
        var versions = new int[Minutes.Length];
        for (var i = 0; i < Minutes.Length; i++)
        {
            (minute.Value, latency.Value) = (Minutes[i], Latencies[i]);
            versions[i] = (int)(long)(await command.ExecuteScalarAsync(cancel))!;
        }
        return versions;
    }

    private static DbParameter Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
        return parameter;
    }

    private sealed record Stored(long Minute, int Version);
}

using System.Data.Common;
using Kener.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Kener.Monitors;

/// <summary>A minute as it is to be stored: what the check saw, and what that means after default and confirmation.</summary>
internal sealed record Verdict(
    long MonitorId, long Minute, MonitorStatus Status, MonitorStatus Raw, double Latency, ResultType Type, string? Message, string? RawMessage)
{
    // A few rows are not worth a savepoint and the way there and back.
    private const int FewestCopied = 50;

    // Written this way once for both: nothing that a person said is overwritten, and what is known already is no change.
    private const string OnConflict = """
        ON CONFLICT (monitor_id, minute, region) DO UPDATE SET
            status = excluded.status, raw_status = excluded.raw_status, latency = excluded.latency, type = excluded.type,
            message = excluded.message, raw_message = excluded.raw_message, version = results.version + 1
        WHERE results.type <> 3 AND (results.status <> excluded.status OR results.raw_status <> excluded.raw_status
            OR results.latency <> excluded.latency OR results.type <> excluded.type
            OR results.message IS DISTINCT FROM excluded.message OR results.raw_message IS DISTINCT FROM excluded.raw_message)
        """;

    /// <summary>
    /// Stores the verdicts, which are in order and of distinct minutes, in the transaction under way; what changed by it. In PostgreSQL by
    /// COPY where there are many and all are new; else one statement for all: unnest keeps the order, so writers of the
    /// same minutes take turns.
    /// </summary>
    public static async Task<List<Reading>> StoreAsync(MonitorsDb db, IReadOnlyList<Verdict> verdicts, CancellationToken cancel)
    {
        if (verdicts.Count == 0) return [];
        var connection = db.Database.GetDbConnection();
        var transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        if (db.IsPostgres && verdicts.Count >= FewestCopied && AreOfOneMonth(verdicts)
            && await CopiedAsync((NpgsqlConnection)connection, (NpgsqlTransaction)transaction, verdicts, cancel))
            return [.. verdicts.Select(verdict => verdict.ToReading(1))];
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        return db.IsPostgres ? await UnnestAsync(command, verdicts, cancel) : await OneByOneAsync(command, verdicts, cancel);
    }

    /// <summary>Over several partitions COPY writes one after the other: not in the order in which all writers go.</summary>
    private static bool AreOfOneMonth(IReadOnlyList<Verdict> verdicts)
    {
        var (first, last) = (verdicts.Min(verdict => verdict.Minute), verdicts.Max(verdict => verdict.Minute));
        return ResultPartitions.MonthOf(first) == ResultPartitions.MonthOf(last);
    }

    /// <summary>Stores all as new minutes; where any is there already, none, and the transaction is as it was.</summary>
    private static async Task<bool> CopiedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<Verdict> verdicts, CancellationToken cancel)
    {
        const string BeforeCopy = "before_copy";
        await transaction.SaveAsync(BeforeCopy, cancel);
        try
        {
            await using var copy = await connection.BeginBinaryImportAsync(
                "COPY results (monitor_id, minute, region, status, raw_status, latency, type, message, raw_message, version) FROM STDIN (FORMAT binary)", cancel);
            foreach (var verdict in verdicts)
            {
                await copy.StartRowAsync(cancel);
                await copy.WriteAsync(verdict.MonitorId, cancel);
                await copy.WriteAsync(verdict.Minute, cancel);
                await copy.WriteAsync((short)0, cancel);
                await copy.WriteAsync((short)verdict.Status, cancel);
                await copy.WriteAsync((short)verdict.Raw, cancel);
                await copy.WriteAsync(verdict.Latency, cancel);
                await copy.WriteAsync((short)verdict.Type, cancel);
                await WriteAsync(verdict.Message);
                await WriteAsync(verdict.RawMessage);
                await copy.WriteAsync(1, cancel);
            }
            await copy.CompleteAsync(cancel);
            return true;

            Task WriteAsync(string? text) => text is null ? copy.WriteNullAsync(cancel) : copy.WriteAsync(text, NpgsqlDbType.Text, cancel);
        }
        catch (PostgresException known) when (known.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            await transaction.RollbackAsync(BeforeCopy, cancel);
            return false;
        }
    }

    private static async Task<List<Reading>> UnnestAsync(DbCommand command, IReadOnlyList<Verdict> verdicts, CancellationToken cancel)
    {
        command.CommandText = $"""
            INSERT INTO results (monitor_id, minute, region, status, raw_status, latency, type, message, raw_message, version)
            SELECT monitor_id, minute, 0, status, raw_status, latency, type, message, raw_message, 1
            FROM unnest(@ids, @minutes, @statuses, @raw, @latencies, @types, @messages, @raw_messages)
                AS given (monitor_id, minute, status, raw_status, latency, type, message, raw_message)
            {OnConflict}
            RETURNING monitor_id, minute, version
            """;
        Add(command, "@ids", Column(verdicts, verdict => verdict.MonitorId));
        Add(command, "@minutes", Column(verdicts, verdict => verdict.Minute));
        Add(command, "@statuses", Column(verdicts, verdict => (short)verdict.Status));
        Add(command, "@raw", Column(verdicts, verdict => (short)verdict.Raw));
        Add(command, "@latencies", Column(verdicts, verdict => verdict.Latency));
        Add(command, "@types", Column(verdicts, verdict => (short)verdict.Type));
        Add(command, "@messages", Column(verdicts, verdict => verdict.Message));
        Add(command, "@raw_messages", Column(verdicts, verdict => verdict.RawMessage));
        await command.PrepareAsync(cancel);
        var changed = new List<Reading>(verdicts.Count);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        // What comes back is in the order of what was given, with gaps.
        for (var i = 0; await reader.ReadAsync(cancel); i++)
        {
            var (monitor, minute) = (reader.GetInt64(0), reader.GetInt64(1));
            while (verdicts[i].MonitorId != monitor || verdicts[i].Minute != minute) i++;
            changed.Add(verdicts[i].ToReading(reader.GetInt32(2)));
        }
        return changed;
    }

    private static async Task<List<Reading>> OneByOneAsync(DbCommand command, IReadOnlyList<Verdict> verdicts, CancellationToken cancel)
    {
        command.CommandText = $"""
            INSERT INTO results (monitor_id, minute, region, status, raw_status, latency, type, message, raw_message, version)
            VALUES (@monitor, @minute, 0, @status, @raw, @latency, @type, @message, @raw_message, 1)
            {OnConflict}
            RETURNING version
            """;
        var (monitor, minute, status, raw) = (Add(command, "@monitor", 0L), Add(command, "@minute", 0L), Add(command, "@status", 0L), Add(command, "@raw", 0L));
        var (latency, type, message, rawMessage) = (Add(command, "@latency", 0d), Add(command, "@type", 0L), Add(command, "@message", ""), Add(command, "@raw_message", ""));
        await command.PrepareAsync(cancel);
        var changed = new List<Reading>(verdicts.Count);
        foreach (var verdict in verdicts)
        {
            (monitor.Value, minute.Value, status.Value, raw.Value) = (verdict.MonitorId, verdict.Minute, (long)verdict.Status, (long)verdict.Raw);
            (latency.Value, type.Value) = (verdict.Latency, (long)verdict.Type);
            (message.Value, rawMessage.Value) = (verdict.Message ?? (object)DBNull.Value, verdict.RawMessage ?? (object)DBNull.Value);
            if (await command.ExecuteScalarAsync(cancel) is long version) changed.Add(verdict.ToReading((int)version));
        }
        return changed;
    }

    private Reading ToReading(int version) => new(MonitorId, Minute, 1, Status, Latency, version);

    private static T[] Column<T>(IReadOnlyList<Verdict> verdicts, Func<Verdict, T> value)
    {
        var column = new T[verdicts.Count];
        for (var i = 0; i < column.Length; i++) column[i] = value(verdicts[i]);
        return column;
    }

    private static DbParameter Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
        return parameter;
    }
}

using System.Data.Common;
using Kener.Contracts;
using Kener.Monitors.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Kener.Monitors.Results;

/// <summary>A minute to be stored: what the check found, and the observed status after default status and confirmation.</summary>
internal sealed record MinuteVerdict(
    long MonitorId, long Minute, MonitorStatus Status, MonitorStatus Raw, double Latency, ResultType Type, string? Message, string? RawMessage)
{
    // For fewer rows, COPY does not make up for the savepoint and its round trip.
    private const int FewestCopied = 50;

    // The same in both databases: corrections (type 3) are never overwritten, and an identical row is not a change.
    private const string OnConflict = """
        ON CONFLICT (monitor_id, minute, region) DO UPDATE SET
            status = excluded.status, raw_status = excluded.raw_status, latency = excluded.latency, type = excluded.type,
            message = excluded.message, raw_message = excluded.raw_message, version = results.version + 1
        WHERE results.type <> 3 AND (results.status <> excluded.status OR results.raw_status <> excluded.raw_status
            OR results.latency <> excluded.latency OR results.type <> excluded.type
            OR results.message IS DISTINCT FROM excluded.message OR results.raw_message IS DISTINCT FROM excluded.raw_message)
        """;

    /// <summary>
    /// Stores the verdicts, which are ordered and of distinct minutes, in the current transaction. Returns what changed. PostgreSQL uses COPY for
    /// many verdicts that are all new, otherwise one statement: unnest keeps the order, so writers of the same minutes lock rows in the same
    /// order.
    /// </summary>
    public static async Task<List<ResultRun>> StoreAsync(MonitorsDb db, IReadOnlyList<MinuteVerdict> verdicts, CancellationToken cancel)
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

    /// <summary>COPY writes several partitions one after the other, and so not in the order that all writers use.</summary>
    private static bool AreOfOneMonth(IReadOnlyList<MinuteVerdict> verdicts)
    {
        var (first, last) = (verdicts.Min(verdict => verdict.Minute), verdicts.Max(verdict => verdict.Minute));
        return ResultPartitions.MonthOf(first) == ResultPartitions.MonthOf(last);
    }

    /// <summary>Inserts all verdicts by COPY. Returns false, with the transaction unchanged, if any minute is already stored.</summary>
    private static async Task<bool> CopiedAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<MinuteVerdict> verdicts, CancellationToken cancel)
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

    private static async Task<List<ResultRun>> UnnestAsync(DbCommand command, IReadOnlyList<MinuteVerdict> verdicts, CancellationToken cancel)
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
        var changed = new List<ResultRun>(verdicts.Count);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        // The returned rows are in the order of the given ones, without those that did not change.
        for (var i = 0; await reader.ReadAsync(cancel); i++)
        {
            var (monitor, minute) = (reader.GetInt64(0), reader.GetInt64(1));
            while (verdicts[i].MonitorId != monitor || verdicts[i].Minute != minute) i++;
            changed.Add(verdicts[i].ToReading(reader.GetInt32(2)));
        }
        return changed;
    }

    private static async Task<List<ResultRun>> OneByOneAsync(DbCommand command, IReadOnlyList<MinuteVerdict> verdicts, CancellationToken cancel)
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
        var changed = new List<ResultRun>(verdicts.Count);
        foreach (var verdict in verdicts)
        {
            (monitor.Value, minute.Value, status.Value, raw.Value) = (verdict.MonitorId, verdict.Minute, (long)verdict.Status, (long)verdict.Raw);
            (latency.Value, type.Value) = (verdict.Latency, (long)verdict.Type);
            (message.Value, rawMessage.Value) = (verdict.Message ?? (object)DBNull.Value, verdict.RawMessage ?? (object)DBNull.Value);
            if (await command.ExecuteScalarAsync(cancel) is long version) changed.Add(verdict.ToReading((int)version));
        }
        return changed;
    }

    private ResultRun ToReading(int version) => new(MonitorId, Minute, 1, Status, Latency, version);

    private static T[] Column<T>(IReadOnlyList<MinuteVerdict> verdicts, Func<MinuteVerdict, T> value)
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

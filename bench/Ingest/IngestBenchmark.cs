using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Kener.Contracts;
using Kener.Monitors;
using Kener.Monitors.Database;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Kener.Bench.Ingest;

/// <summary>
/// How many results per second the service stores: over HTTP, in batches of 1,000, each acknowledged after its commit. The bound is how fast
/// PostgreSQL itself copies as many rows into the same table over one connection, in the same run.
/// </summary>
internal static class IngestBenchmark
{
    private const int Workers = 4, MonitorsEach = 1_000, WarmUp = 50;
    private const double Goal = 100_000, GoalRatio = 0.3;

    public static async Task<int> RunAsync(string[] args)
    {
        var batches = args is [var given, ..] ? int.Parse(given, CultureInfo.InvariantCulture) : 100;
        await using var host = await ModuleHost.StartAsync(DatabaseKind.PostgreSQL, builder => builder.AddMonitors(), app => app.MapMonitors());
        return await MeasureAsync(host, batches);
    }

    private static async Task<int> MeasureAsync(ModuleHost host, int batches)
    {
        var connection = host.Services.GetRequiredService<IConfiguration>().GetConnectionString("monitordb")!;
        // A new module requests a replay; that is complete before anything is stored.
        await Task.Delay(TimeSpan.FromSeconds(1));
        await host.DrainedAsync<MonitorsDb>();
        await ExecuteAsync(connection, $"""
            INSERT INTO monitors (version, tag, name, cron, is_active, type, include_degraded_in_downtime, is_hidden, confirmation_threshold, created_ms, updated_ms)
            SELECT 1, 'bench-' || i, 'Bench', '* * * * *', true, 'API', false, false, 1, 0, 0 FROM generate_series(1, {Workers * MonitorsEach}) AS i
            """);
        var first = Minutes.Floor(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()) - (60L * (batches + WarmUp));
        var bodies = Enumerable.Range(0, Workers).Select(worker => Enumerable.Range(0, WarmUp + batches).Select(batch => Body(worker, first + (60L * batch))).ToArray()).ToArray();

        // Warm up first: one-time compilation and preparation are not part of the rate.
        await Task.WhenAll(bodies.Select(own => SendAsync(host, own[..WarmUp])));
        await host.DrainedAsync<MonitorsDb>();
        var (clock, before) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
        var stored = (await Task.WhenAll(bodies.Select(own => SendAsync(host, own[WarmUp..])))).Sum();
        var (ingest, cpu) = (stored / clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / stored);
        var copy = await CopyAsync(connection, first, Workers * MonitorsEach * batches);

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"ingest: {stored:N0} results stored and acknowledged, {ingest:N0}/s; COPY: {copy:N0}/s; ratio {ingest / copy:0.00}; {cpu:0.0} µs of this process per result (goals: {Goal:N0}/s, {GoalRatio:0.0})"));
        return stored == Workers * MonitorsEach * batches && ingest >= Goal && ingest / copy >= GoalRatio ? 0 : 1;
    }

    private static byte[] Body(int worker, long minute) => JsonSerializer.SerializeToUtf8Bytes(
        new CheckReport($"bench-{worker}", [.. Enumerable.Range(1, MonitorsEach)
            .Select(i => new CheckResult((worker * MonitorsEach) + i, minute, "UP", (i * 7 + minute) % 1_000 / 10d, "REALTIME"))]),
        AgentJson.Default.CheckReport);

    private static async Task<long> SendAsync(ModuleHost host, byte[][] bodies)
    {
        using var client = host.Client(Permissions.AgentsReport);
        var stored = 0L;
        foreach (var body in bodies)
        {
            using var content = new ByteArrayContent(body);
            using var answer = await client.PostAsync("/api/agent/v1/results", content);
            var text = await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
            stored += JsonSerializer.Deserialize(text, AgentJson.Default.CheckReceipt)!.Stored;
        }
        return stored;
    }

    private static async Task<double> CopyAsync(string connectionString, long first, int rows)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        var clock = Stopwatch.StartNew();
        await using (var copy = await connection.BeginBinaryImportAsync(
            "COPY results (monitor_id, minute, region, status, raw_status, latency, type, message, raw_message, version) FROM STDIN (FORMAT binary)"))
        {
            for (var i = 0; i < rows; i++)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync((long)(i % (Workers * MonitorsEach)));
                await copy.WriteAsync(first + (60L * (i / (Workers * MonitorsEach))));
                // Another region: the same minutes, without conflicts with stored rows.
                await copy.WriteAsync((short)1);
                await copy.WriteAsync((short)1);
                await copy.WriteAsync((short)1);
                await copy.WriteAsync(i % 1_000 / 10d);
                await copy.WriteAsync((short)0);
                await copy.WriteNullAsync();
                await copy.WriteNullAsync();
                await copy.WriteAsync(1);
            }
            await copy.CompleteAsync();
        }
        return rows / clock.Elapsed.TotalSeconds;
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

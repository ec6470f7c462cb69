using System.Diagnostics;
using System.Globalization;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.Status;
using Kener.Status.Database;
using Kener.Status.Projections.History;
using Kener.TestKit;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Bench.Events;

/// <summary>
/// How many results per second get from the broker into committed day rows, where each message has one minute of 1,000 monitors, as agents send
/// them. The bound is PostgreSQL itself, writing as many packed days with one statement per thousand.
/// </summary>
internal static class HistoryBenchmark
{
    private const int MonitorsEach = 1_000, InFlight = 20;
    private const double Goal = 20_000;

    public static async Task<int> RunAsync(string[] args)
    {
        var groups = args is [var given, ..] ? int.Parse(given, CultureInfo.InvariantCulture) : 20;
        var minutes = args is [_, var also, ..] ? int.Parse(also, CultureInfo.InvariantCulture) : 10;
        await using var host = await ModuleHost.StartAsync(
            DatabaseKind.PostgreSQL, builder =>
            {
                builder.AddStatus();
                // An exchange drops messages that arrive before their queue exists.
                builder.Services.Configure<MassTransitHostOptions>(options => options.WaitUntilStarted = true);
            }, app => app.MapStatus(), settings: Broker.Settings());
        var bus = host.Services.GetRequiredService<IBus>();
        var day = Minutes.DayOf(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()) - 1;
        var random = new Random(7);
        // The middle of a day: half of its minutes are stored before the clock starts.
        await Broker.PublishAsync(bus, Messages(groups, 0, 1, 700), InFlight);
        await CommittedAsync(host, groups * MonitorsEach);

        var clock = Stopwatch.StartNew();
        await Broker.PublishAsync(bus, Messages(groups, 700, minutes, 1), InFlight);
        await CommittedAsync(host, (long)groups * MonitorsEach * (1 + minutes));
        var rate = (double)groups * MonitorsEach * minutes / clock.Elapsed.TotalSeconds;
        var bound = await WriteAsync(host, groups * Math.Min(minutes, 5), day, minutes);

        var isMet = rate >= Goal;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"history: {rate:N0} results/s from the bus into {groups * MonitorsEach:N0} monitors' committed days; PostgreSQL alone {bound:N0} days/s; ratio {rate / bound:0.00} (goal: {Goal:N0}/s): {(isMet ? "met" : "NOT met")}"));
        return isMet ? 0 : 1;

        IEnumerable<ResultsRecorded> Messages(int groups, int first, int minutes, int run) =>
            from minute in Enumerable.Range(first, minutes)
            from lot in Enumerable.Range(0, groups)
            select new ResultsRecorded
            {
                Runs = [.. Enumerable.Range(1, MonitorsEach).Select(i => new ResultRun(i + (lot * MonitorsEach),
                    (day * Minutes.Day) + (60L * minute), run, MonitorStatus.Up, random.Next(1_000, 9_000) / 100d, 1))],
            };
    }

    /// <summary>Waits until all messages are committed: each raises the versions of its monitors by one.</summary>
    private static async Task CommittedAsync(ModuleHost host, long versions)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<StatusDb>();
        while (await db.Histories.SumAsync(history => history.Version) < versions) await Task.Delay(20);
    }

    /// <summary>Returns how many packed days per second PostgreSQL alone writes; the days are those that the results make.</summary>
    private static async Task<double> WriteAsync(ModuleHost host, int batches, int today, int minutes)
    {
        var random = new Random(7);
        var row = new DayRow();
        for (var minute = 0; minute < 700 + minutes; minute++) row.Set(minute, MonitorStatus.Up, minute < 700 ? 40 : random.Next(1_000, 9_000) / 100d, 1);
        long[] ids = [.. Enumerable.Range(1, MonitorsEach)];
        int[] days = [.. ids.Select(_ => today)];
        byte[][] bytes = [.. ids.Select(_ => row.Pack())];
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<StatusDb>();
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < batches; i++)
        {
            await db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO day_rows (monitor_id, day, changed, packed)
                SELECT monitor, day, {i}, packed FROM unnest({ids}, {days}, {bytes}) AS given (monitor, day, packed)
                ON CONFLICT (monitor_id, day) DO UPDATE SET packed = excluded.packed, changed = excluded.changed
                """);
        }
        return batches * (double)MonitorsEach / clock.Elapsed.TotalSeconds;
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Kener.Contracts;
using Kener.Incidents;
using Kener.Incidents.Database;
using Kener.Persistence;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Kener.TestKit;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Bench.Events;

/// <summary>
/// How many events per second get from their commit to the broker: sixteen writers commit incident changes while the dispatcher delivers them,
/// until the outbox is empty. The bound is the broker alone, with as many confirmed messages of the same kind.
/// </summary>
internal static class OutboxBenchmark
{
    private const int Writers = 16, InFlight = 200;
    private const double Goal = 700;

    public static async Task<int> RunAsync(string[] args)
    {
        var events = args is [var given, ..] ? int.Parse(given, CultureInfo.InvariantCulture) : 10_000;
        await using var host = await ModuleHost.StartAsync(
            DatabaseKind.PostgreSQL, builder => builder.AddIncidents(), app => app.MapIncidents(), settings: Broker.Settings());
        await WriteAsync(host, 500);
        await host.DrainedAsync<IncidentsDb>();

        var clock = Stopwatch.StartNew();
        await WriteAsync(host, events);
        var written = events / clock.Elapsed.TotalSeconds;
        await host.DrainedAsync<IncidentsDb>();
        var chain = events / clock.Elapsed.TotalSeconds;
        var waiting = await DrainAsync(host, events);
        var broker = await Broker.PublishAsync(host.Services.GetRequiredService<IBus>(), Enumerable.Range(1, events).Select(Event), InFlight);

        var isMet = chain >= Goal;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"outbox: {written:N0} commits/s, {chain:N0} events/s from commit to the broker; {waiting:N0}/s that wait already; the broker alone {broker:N0}/s; ratio {chain / broker:0.00} (goal: {Goal:N0}/s): {(isMet ? "met" : "NOT met")}"));
        return isMet ? 0 : 1;
    }

    private static Task WriteAsync(ModuleHost host, int events) => Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
    {
        for (var i = writer; i < events; i += Writers)
        {
            await using var scope = host.Services.CreateAsyncScope();
            var id = i;
            await scope.ServiceProvider.GetRequiredService<Changes<IncidentsDb>>().CommitAsync("bench", change =>
            {
                change.Publish($"incident/{id}", () => Event(id));
                change.Audit("bench", "incident", () => id);
                return Task.CompletedTask;
            }, CancellationToken.None);
        }
    })));

    /// <summary>Returns how many events per second are delivered from a full outbox, as after an outage of the broker.</summary>
    private static async Task<double> DrainAsync(ModuleHost host, int events)
    {
        await using var scope = host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<Changes<IncidentsDb>>().ProjectAsync(change =>
        {
            change.Db.Outbox.AddRange(Enumerable.Range(0, events).Select(Waiting));
            return Task.CompletedTask;
        }, CancellationToken.None);
        var db = scope.ServiceProvider.GetRequiredService<IncidentsDb>();
        int left;
        // The dispatcher gets no signal: it polls once a second.
        while ((left = await db.Outbox.CountAsync()) == events) await Task.Delay(1);
        var clock = Stopwatch.StartNew();
        await host.DrainedAsync<IncidentsDb>();
        return left / clock.Elapsed.TotalSeconds;
    }

    private static OutboxRow Waiting(int id) => new()
    {
        MessageId = Guid.CreateVersion7(),
        Type = nameof(IncidentChanged),
        Payload = JsonSerializer.Serialize(Event(id), JsonSerializerOptions.Web),
        Subject = $"incident/{id}",
    };

    private static IncidentChanged Event(int id) => new()
    {
        Id = id,
        Version = 1,
        Title = "Card payments failing for some customers",
        Monitors = [new IncidentLink(1, MonitorStatus.Down)],
        Updates = [new IncidentUpdate(1, 60, IncidentState.Identified, "An upstream network rejects a share of what goes through **eu-central**.")],
    };
}

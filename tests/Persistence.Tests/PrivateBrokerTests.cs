using System.Net;
using System.Net.Sockets;
using System.Text;
using Kener.Contracts;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Kener.TestKit;
using MassTransit;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;

namespace Kener.Persistence.Tests;

/// <summary>A private RabbitMQ that stops, starts again and loses its data.</summary>
public sealed class PrivateBrokerTests : IAsyncLifetime
{
    private const string Queue = "kener-test-incident-changed";
    private readonly string _folder = Directory.CreateTempSubdirectory("kener-broker-").FullName;
    private PrivateServer _broker = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _broker = await PrivateServer.RabbitAsync();

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_killed_broker_fails_no_request_and_all_events_arrive_after_its_return()
    {
        await using (var first = await StartAsync()) await ArrivesAsync(first, await SendAsync(first));
        // RabbitMQ 3.10 persists up to half a second late which quorum queues it has: killed before, it has a queue that never gets a leader.
        await _broker.StopAsync();
        await _broker.StartAsync();
        await using var module = await StartAsync();
        await _broker.KillAsync();
        var ids = new List<long>();
        for (var i = 0; i < 30; i++) ids.Add(await SendAsync(module));
        Assert.NotEqual(0, await module.ReadAsync(db => db.Outbox.CountAsync(Cancel)));

        await _broker.StartAsync();
        foreach (var id in ids) await ArrivesAsync(module, id);
        await module.OutboxEmptyAsync();
        Assert.Equal(0, await module.ReadAsync(db => db.DeadLetters.CountAsync(Cancel)));
    }

    [Fact]
    public async Task An_outage_of_the_broker_and_its_end_are_logged_once_each_with_its_address_but_not_its_password()
    {
        await using var module = await StartAsync(requestsReplay: true);
        await AskedAsync(module, 1);
        var (log, address) = (module.Host.Log, new Uri(_broker.Address));
        await _broker.StopAsync();
        await Eventually.TrueAsync(() => Task.FromResult(log.Entries.Count > 0));
        for (var i = 0; i < 10; i++) await SendAsync(module);
        // Enough attempts to connect that each component which retries has failed several times.
        using (var listener = new TcpListener(IPAddress.Loopback, address.Port))
        {
            listener.Start();
            for (var i = 0; i < 50; i++) (await listener.AcceptSocketAsync(Cancel)).Dispose();
        }
        await _broker.StartAsync();
        await ArrivesAsync(module, await SendAsync(module));
        await module.OutboxEmptyAsync();
        Assert.Equal(
            [$"RabbitMQ at {address.Host}:{address.Port} is unreachable; waiting for it: Connection refused", $"RabbitMQ at {address.Host}:{address.Port} is reachable again"],
            log.Entries.Select(entry => entry.Message));
    }

    [Fact]
    public async Task A_process_that_starts_before_its_broker_works_once_the_broker_runs()
    {
        await _broker.StopAsync();
        await using var module = await StartAsync(requestsReplay: true, waits: false);
        await _broker.StartAsync();
        await AskedAsync(module, 1);
        var id = await SendAsync(module);
        await ArrivesAsync(module, id);
    }

    [Fact]
    public async Task A_service_with_a_new_queue_requests_a_replay_and_one_that_missed_nothing_does_not()
    {
        await using (var first = await StartAsync(requestsReplay: true))
        {
            await AskedAsync(first, 1);
            // Only once: any further request would arrive before the event that is sent now.
            await ArrivesAsync(first, await SendAsync(first));
            await first.OutboxEmptyAsync();
            Assert.Single(first.Inbox.Of<ReplayRequested>());
        }
        await using var second = await StartAsync(requestsReplay: true);
        await ArrivesAsync(second, await SendAsync(second));
        Assert.Empty(second.Inbox.Of<ReplayRequested>());

        // Not by deleting one queue: RabbitMQ 3.10 may attach a consumer that reconnects at once to the queue that is being deleted.
        await _broker.LoseDataAsync();
        await _broker.StartAsync();
        await AskedAsync(second, 1);
        await ArrivesAsync(second, await SendAsync(second));
    }

    [Fact]
    public async Task An_event_that_a_consumer_cannot_process_becomes_a_dead_letter_of_its_own_module()
    {
        var inbox = new Inbox { Handle = (message, _) => message is IncidentChanged { Id: 1 } ? throw new InvalidOperationException("poison \0 \ud800") : Task.CompletedTask };
        await using var module = await StartAsync(inbox);
        await module.SendAsync(new IncidentChanged { Id = 1, Version = 7, State = IncidentState.Monitoring });
        var next = await SendAsync(module);
        await ArrivesAsync(module, next);
        await Eventually.TrueAsync(() => module.ReadAsync(db => db.DeadLetters.AnyAsync(Cancel)));
        var dead = await module.ReadAsync(db => db.DeadLetters.SingleAsync(Cancel));
        Assert.Equal((nameof(IncidentChanged), Queue), (dead.Type, dead.Subject));
        Assert.StartsWith("poison", dead.Error, StringComparison.Ordinal);
        var kept = System.Text.Json.JsonSerializer.Deserialize<IncidentChanged>(dead.Payload, EventJson.Options)!;
        Assert.Equal((1, 7, IncidentState.Monitoring), (kept.Id, kept.Version, kept.State));
    }

    [Fact]
    public async Task A_message_that_ends_each_process_that_receives_it_becomes_a_dead_letter()
    {
        await using (var first = await StartAsync()) await ArrivesAsync(first, await SendAsync(first));
        await using var connection = await new ConnectionFactory { Uri = new Uri(_broker.Address) }.CreateConnectionAsync(Cancel);
        await using (var publisher = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), Cancel))
        {
            var body = """{"messageType":["urn:message:Kener.Contracts:IncidentChanged"],"message":{"id":4,"version":2}}""";
            var properties = new BasicProperties { ContentType = "application/vnd.masstransit+json", DeliveryMode = DeliveryModes.Persistent };
            await publisher.BasicPublishAsync("", Queue, mandatory: true, properties, Encoding.UTF8.GetBytes(body), Cancel);
        }
        // A process that receives the message and ends without acknowledging it.
        await Eventually.TrueAsync(async () =>
        {
            await using var dying = await connection.CreateChannelAsync(cancellationToken: Cancel);
            await dying.BasicGetAsync(Queue, autoAck: false, Cancel);
            return await dying.MessageCountAsync("kener-test-dead-letters", Cancel) == 1;
        });
        await using var module = await StartAsync();
        await Eventually.TrueAsync(() => module.ReadAsync(db => db.DeadLetters.AnyAsync(Cancel)));
        var dead = await module.ReadAsync(db => db.DeadLetters.SingleAsync(Cancel));
        Assert.Equal((nameof(IncidentChanged), Queue), (dead.Type, dead.Subject));
        Assert.Contains("\"id\":4", dead.Payload, StringComparison.Ordinal);
        Assert.Empty(module.Inbox.Of<IncidentChanged>());
    }

    private async Task<TestModule> StartAsync(Inbox? inbox = null, bool requestsReplay = false, bool waits = true)
    {
        var module = await TestModule.StartAsync(DatabaseKind.Sqlite, inbox: inbox, dataPath: _folder, requestsReplay: requestsReplay, settings: new Dictionary<string, string?>
        {
            ["Kener:Delivery"] = nameof(DeliveryKind.RabbitMQ),
            ["Kener:InternalKey"] = new string('k', 32),
            ["ConnectionStrings:messaging"] = _broker.Address,
        });
        // An exchange drops messages that arrive before their queues exist, and a bus that has not started completely cannot be stopped: its
        // consumers would go on receiving events after their module has ended.
        if (waits) Assert.Equal(BusHealthStatus.Healthy, await module.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromMinutes(2)));
        return module;
    }

    private static async Task<long> SendAsync(TestModule module)
    {
        var id = Random.Shared.NextInt64(100, long.MaxValue);
        await module.SendAsync(new IncidentChanged { Id = id, Version = 1 });
        return id;
    }

    private static Task ArrivesAsync(TestModule module, long id) =>
        Eventually.TrueAsync(() => Task.FromResult(module.Inbox.Of<IncidentChanged>().Any(message => message.Id == id)));

    private static Task AskedAsync(TestModule module, int times) =>
        Eventually.TrueAsync(() => Task.FromResult(module.Inbox.Of<ReplayRequested>().Count >= times));
}

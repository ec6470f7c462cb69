using System.Text.Json;
using Kener.Contracts;
using Kener.Persistence.Delivery;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitMQ.Client;

namespace Kener.Persistence.Tests;

/// <summary>Delivery through a real RabbitMQ. Its queues outlive a test, so each test looks only for ids of its own.</summary>
public sealed class BrokerTests
{
    private static readonly string[] Queues = ["kener-test-incident-changed", "kener-test-everything-else"];
    internal static readonly string Broker = Environment.GetEnvironmentVariable("KENER_TEST_RABBITMQ") ?? "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal static long NewId() => Random.Shared.NextInt64(1, long.MaxValue);

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSQL)]
    public async Task Every_type_of_event_arrives_unchanged(DatabaseKind database)
    {
        await using var module = await StartAsync(database, Broker);
        await BoundAsync();
        var id = NewId();
        object[] events =
        [
            new IncidentChanged
            {
                Id = id,
                Version = 3,
                Title = "Payments \u00e4\u4e2d\U0001F525 <b>",
                Start = 1_700_000_000,
                End = 1_700_000_060,
                State = IncidentState.Monitoring,
                Source = IncidentSource.Alert,
                IsGlobal = true,
                Monitors = [new(1, MonitorStatus.Down), new(2, MonitorStatus.Maintenance)],
                Updates = [new(9, 1_700_000_030, IncidentState.Identified, "**found**\n")],
                CreatedMs = 1_700_000_000_123,
                UpdatedMs = long.MaxValue,
            },
            new MonitorChanged { Id = id, Version = 1, Tag = "api", Name = "API", Active = true, DefaultStatus = MonitorStatus.Up, PeriodSeconds = 60, UptimeNumerator = "up" },
            new ResultsRecorded { Runs = [new(id, 1_700_000_040, 1, MonitorStatus.Degraded, 12.34567890123, 2), new(id, 0, 1440, MonitorStatus.NoData, 0, 1)] },
            new SiteChanged { Version = 3, Name = $"\u00e4 <b> {id}", Url = "https://status.example", Language = "de", Zone = "Europe/Berlin", RetentionDays = 90 },
            new ReplayRequested { By = id.ToString(System.Globalization.CultureInfo.InvariantCulture), Needs = ["SiteChanged"] },
            new ReplayContinued { MonitorId = id, Minute = 1_700_000_040 },
            new VersionsRequested { By = $"{id}", Types = [nameof(MonitorChanged)] },
            new VersionsPublished { Type = "Thing", After = id, UpTo = long.MaxValue, Entities = [new EntityVersion { Id = 1, Version = 2 }] },
            new VersionsDisputed { By = $"{id}", Type = "Thing", Known = [new EntityVersion { Id = 1, Version = 2 }] },
        ];
        Assert.Equal(EventTypes.All.Count, events.Length);
        foreach (var message in events) await module.SendAsync(message);
        var sent = events.Select(Json).ToList();
        foreach (var text in sent)
            await Eventually.TrueAsync(() => Task.FromResult(module.Inbox.Of<object>().Select(Json).Contains(text)));
        await module.OutboxEmptyAsync();
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSQL)]
    public async Task Own_events_are_delivered_at_once_and_those_of_a_killed_process_when_they_are_due(DatabaseKind database)
    {
        var clock = Clocks.AtHand();
        await using var module = await StartAsync(database, Broker, clock: clock);
        await BoundAsync();
        var (left, made) = (NewId(), NewId());
        // As left by a process that was killed between its commit and its delivery.
        await module.CommitAsync(change =>
        {
            change.Db.Outbox.Add(new OutboxRow
            {
                MessageId = Guid.CreateVersion7(),
                Type = nameof(IncidentChanged),
                Payload = JsonSerializer.Serialize(new IncidentChanged { Id = left, Version = 1 }, JsonSerializerOptions.Web),
                Subject = "left",
                DueMs = change.NowMs + OutboxSignal<TestDb>.OursForMs,
            });
            change.Audit("left", "incident", () => left);
            return Task.FromResult(0);
        }, Cancel);
        await module.SendAsync(new IncidentChanged { Id = made, Version = 1 });
        // The clock stands still, so no row of the table becomes due.
        await Eventually.TrueAsync(() => Task.FromResult(IsHere(made)));
        Assert.False(IsHere(left));
        await clock.TurnUntilAsync(() => IsHere(left));
        await module.OutboxEmptyAsync();

        bool IsHere(long id) => module.Inbox.Of<IncidentChanged>().Any(incident => incident.Id == id);
    }

    [Fact]
    public async Task Events_beyond_the_limit_in_memory_are_delivered_when_they_are_due()
    {
        var clock = Clocks.AtHand();
        await using var module = await StartAsync(DatabaseKind.PostgreSQL, Broker, clock: clock);
        await BoundAsync();
        var first = NewId() >> 1;
        await module.CommitAsync(change =>
        {
            for (var i = 0; i < 1_500; i++)
            {
                var id = first + i;
                change.Publish("test", () => new IncidentChanged { Id = id, Version = 1 });
            }
            change.Audit("many", "incident", () => first);
            return Task.FromResult(0);
        }, Cancel);
        Assert.Equal(1_500, await module.ReadAsync(db => db.Outbox.CountAsync(Cancel)));
        await module.OutboxEmptyAsync();
        await Eventually.TrueAsync(() => Task.FromResult(
            module.Inbox.Of<IncidentChanged>().Select(incident => incident.Id).Where(id => id >= first && id < first + 1_500).Distinct().Count() == 1_500));
    }

    [Fact]
    public async Task Queues_are_quorum_queues_and_dead_letter_what_reaches_their_delivery_limit()
    {
        await using var module = await StartAsync(DatabaseKind.Sqlite, Broker);
        await BoundAsync();
        await using var connection = await new ConnectionFactory { Uri = new Uri(Broker) }.CreateConnectionAsync(Cancel);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
        // Declaring a queue again succeeds only with the arguments that it has.
        var arguments = new Dictionary<string, object?>
        {
            ["x-queue-type"] = "quorum",
            ["x-delivery-limit"] = 20,
            ["x-dead-letter-exchange"] = "",
            ["x-dead-letter-routing-key"] = "kener-test-dead-letters",
            ["x-dead-letter-strategy"] = "at-least-once",
            ["x-overflow"] = "reject-publish",
        };
        foreach (var queue in Queues) await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: Cancel);
        var last = new Dictionary<string, object?> { ["x-queue-type"] = "quorum", ["x-delivery-limit"] = 20 };
        await channel.QueueDeclareAsync("kener-test-dead-letters", durable: true, exclusive: false, autoDelete: false, last, cancellationToken: Cancel);
    }

    [Fact]
    public async Task A_consumer_that_fails_gets_the_event_again()
    {
        var (id, tries) = (NewId(), 0);
        var inbox = new Inbox
        {
            Handle = (message, _) => message is IncidentChanged incident && incident.Id == id && Interlocked.Increment(ref tries) < 3
                ? throw new InvalidOperationException("not yet") : Task.CompletedTask,
        };
        await using var module = await StartAsync(DatabaseKind.Sqlite, Broker, inbox);
        await BoundAsync();
        await module.SendAsync(new IncidentChanged { Id = id, Version = 1 });
        await ArrivedAsync(module, id);
        Assert.Equal(3, tries);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSQL)]
    public async Task An_outage_of_the_broker_fails_no_request_and_loses_no_event(DatabaseKind database)
    {
        var address = new Uri(Broker);
        await using var relay = new Relay(address.Host, address.Port);
        await using var module = await StartAsync(database, new UriBuilder(address) { Port = relay.Port }.Uri.ToString());
        await BoundAsync();
        var ids = new List<long> { NewId() };
        await module.SendAsync(new IncidentChanged { Id = ids[0], Version = 1 });
        await ArrivedAsync(module, ids[0]);

        relay.Cut();
        for (var i = 0; i < 20; i++)
        {
            ids.Add(NewId());
            await module.SendAsync(new IncidentChanged { Id = ids[^1], Version = 1 });
        }
        Assert.NotEqual(0, await module.ReadAsync(db => db.Outbox.CountAsync(Cancel)));
        relay.Mend();

        foreach (var id in ids) await ArrivedAsync(module, id);
        await Eventually.TrueAsync(async () => !await module.ReadAsync(db => db.Outbox.AnyAsync(Cancel)));
        Assert.Equal(0, await module.ReadAsync(db => db.DeadLetters.CountAsync(Cancel)));
    }

    [Fact]
    public async Task Without_its_broker_a_process_starts_and_is_ready_but_unhealthy()
    {
        await using var module = await StartAsync(DatabaseKind.Sqlite, "amqp://guest:guest@127.0.0.1:1");
        await module.SendAsync(new ReplayRequested { By = "test" });
        var health = module.Services.GetRequiredService<HealthCheckService>();
        await Eventually.TrueAsync(async () => (await health.CheckHealthAsync(check => check.Tags.Contains("ready"), Cancel)).Status == HealthStatus.Healthy);
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync(check => check.Name == "messaging", Cancel)).Status);
        Assert.Equal(1, await module.ReadAsync(db => db.Outbox.CountAsync(Cancel)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("localhost:5672")]
    [InlineData("http://localhost")]
    public async Task A_wrong_address_stops_the_start_with_the_name_of_the_setting(string? address)
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(DatabaseKind.Sqlite, address));
        Assert.Contains("ConnectionStrings__messaging", fault.Message, StringComparison.Ordinal);
    }

    internal static Task<TestModule> StartAsync(DatabaseKind database, string? broker, Inbox? inbox = null, TimeProvider? clock = null)
    {
        Assert.True(Broker.Length > 0, "KENER_TEST_RABBITMQ is not set: run ./test, or this test with Kener.Servers (tests/Servers)");
        return TestModule.StartAsync(database, clock, inbox, settings: new Dictionary<string, string?>
        {
            ["Kener:Delivery"] = nameof(DeliveryKind.RabbitMQ),
            ["Kener:InternalKey"] = new string('k', 32),
            ["ConnectionStrings:messaging"] = broker,
        });
    }

    /// <summary>Waits until the queues have consumers: an exchange drops messages that arrive before their queues exist.</summary>
    internal static async Task BoundAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(Broker) }.CreateConnectionAsync(Cancel);
        await Eventually.TrueAsync(async () =>
        {
            foreach (var queue in Queues)
            {
                // A passive declaration of a queue that does not exist closes its channel.
                await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
                try
                {
                    if ((await channel.QueueDeclarePassiveAsync(queue, Cancel)).ConsumerCount == 0) return false;
                }
                catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
                {
                    return false;
                }
            }
            return true;
        });
    }

    private static Task ArrivedAsync(TestModule module, long id) =>
        Eventually.TrueAsync(() => Task.FromResult(module.Inbox.Of<IncidentChanged>().Any(message => message.Id == id)));

    private static string Json(object message) => JsonSerializer.Serialize(message, message.GetType());
}

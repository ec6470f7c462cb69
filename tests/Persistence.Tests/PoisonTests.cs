using System.Text;
using System.Text.Json.Nodes;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.TestKit;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Kener.Persistence.Tests;

/// <summary>Messages that no consumer can process, in a private RabbitMQ.</summary>
public sealed class PoisonTests : IAsyncLifetime
{
    private const string Queue = "kener-test-incident-changed", DeadLetters = "kener-test-dead-letters";
    private const string Known = """{"messageType":["urn:message:Kener.Contracts:IncidentChanged"],"message":{"id":4,"version":2}}""";
    private PrivateServer _broker = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<DatabaseKind> Databases => TestModule.Databases;

    /// <summary>A message to send, and whether its dead letter is of a known type.</summary>
    private sealed record Poison(string Name, byte[] Body, BasicProperties Properties, bool IsKnown = false)
    {
        public Poison(string name, string body, bool isKnown = false) : this(name, Encoding.UTF8.GetBytes(body), With(), isKnown)
        {
        }

        public static BasicProperties With(string? contentType = "application/vnd.masstransit+json", Action<BasicProperties>? more = null)
        {
            var properties = new BasicProperties { ContentType = contentType, DeliveryMode = DeliveryModes.Persistent };
            more?.Invoke(properties);
            return properties;
        }
    }

    private static List<Poison> Poisons() =>
    [
        new("not UTF-8", [0xff, 0xfe, 0x00, 0xc3, 0x28], Poison.With()),
        new("an envelope that is not UTF-8", [.. Encoding.UTF8.GetBytes(Known[..^2] + ",\"title\":\""), 0xff, (byte)'"', (byte)'}', (byte)'}'], Poison.With()),
        new("no body", [], Poison.With()),
        new("null", "null"),
        new("NUL", "\0\0\0"),
        new("no JSON", "{\"messageType\":"),
        new("no envelope", "[1,2,3]"),
        new("an envelope of nothing", "{}"),
        new("types that are no text", """{"messageType":[null,5,{}],"message":{}}"""),
        new("types that are no list", """{"messageType":"urn:message:Kener.Contracts:IncidentChanged","message":{}}"""),
        new("an unknown type", """{"messageType":["urn:message:Kener.Contracts:OfAnotherAge"],"message":{"id":1}}"""),
        new("half a surrogate pair", """{"messageType":["\ud800"],"message":{"title":"\ud800"}}"""),
        new("nested too deeply", new string('[', 5_000) + new string(']', 5_000)),
        new("a message nested too deeply", """{"messageType":["urn:message:Kener.Contracts:IncidentChanged"],"message":{"id":4,"version":2,"title":""" + new string('[', 500) + new string(']', 500) + "}}"),
        new("10 MB", new string('x', 10_000_000)),
        new("fields of another kind", """{"messageType":["urn:message:Kener.Contracts:IncidentChanged"],"message":{"id":"four","version":[],"title":7}}""", true),
        new("a message that is text", """{"messageType":["urn:message:Kener.Contracts:IncidentChanged"],"message":"IncidentChanged"}""", true),
        new("no content type", "nonsense"u8.ToArray(), Poison.With(null)),
        new("a content type that is none", "nonsense"u8.ToArray(), Poison.With("\u0001;;/")),
        new("a content type of others", "nonsense"u8.ToArray(), Poison.With("application/x-protobuf")),
        new("headers that lie", "nonsense"u8.ToArray(), Poison.With(more: lie =>
        {
            (lie.MessageId, lie.CorrelationId, lie.ReplyTo, lie.Expiration, lie.ContentEncoding) = ("no id", "\ud83d", "nowhere://", null, "gzip");
            lie.Headers = new Dictionary<string, object?>
            {
                ["x-first-death-queue"] = 5, ["x-delivery-count"] = "many", ["MessageId"] = new byte[] { 0xff }, ["MT-Fault-RetryCount"] = "no", ["MT-Redelivery-Count"] = "no",
                ["MT-Host-Info"] = "\0", ["Content-Type"] = 5, ["x-death"] = "not a list",
            };
        })),
        new("set aside from nowhere", "nonsense"u8.ToArray(), Poison.With(more: lie => lie.Headers = new Dictionary<string, object?> { ["x-first-death-queue"] = "\0" + new string('q', 9_000) })),
        new("addresses that lie", """{"faultAddress":"not an address","responseAddress":"\u0000","messageId":"no id","expirationTime":"never","messageType":["x"],"message":null}"""),
    ];

    public async ValueTask InitializeAsync() => _broker = await PrivateServer.RabbitAsync();

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Each_poison_message_becomes_a_dead_letter_with_one_log_entry_and_can_be_listed_and_deleted(DatabaseKind database)
    {
        await using var module = await StartAsync(database);
        var poisons = Poisons();
        string[] queues = [Queue, DeadLetters];
        foreach (var queue in queues)
        {
            foreach (var poison in poisons) await SendAsync(queue, poison.Body, poison.Properties);
        }
        await module.SendAsync(new IncidentChanged { Id = 77, Version = 1 });
        await Eventually.TrueAsync(() => Task.FromResult(module.Inbox.Of<IncidentChanged>().Any(message => message.Id == 77)));
        var all = poisons.Count * queues.Length;
        await Eventually.TrueAsync(async () => await module.ReadAsync(db => db.DeadLetters.CountAsync(Cancel)) >= all);
        foreach (var queue in queues) await Eventually.TrueAsync(async () => await LeftAsync(queue) == 0);

        var kept = await module.ReadAsync(db => db.DeadLetters.AsNoTracking().ToListAsync(Cancel));
        Assert.Equal(all, kept.Count);
        Assert.Equal(poisons.Count(poison => !poison.IsKnown) * 2, kept.Count(dead => dead.Type == "unknown"));
        Assert.All(kept, dead => Assert.InRange(dead.Payload.Length + dead.Subject.Length + dead.Error.Length, 1, 12_000));
        Assert.Equal([IncidentChangedId], module.Inbox.Of<IncidentChanged>().Select(message => message.Id).Distinct());
        Assert.Equal(all, module.Host.Log.Entries.Count(entry => entry.Level >= LogLevel.Warning));

        using var client = module.Host.Client();
        const string path = "/api/v5/dead-letters/persistence";
        Assert.Equal(all, JsonNode.Parse(await client.GetStringAsync(path, Cancel))!["dead_letters"]!.AsArray().Count);
        foreach (var dead in kept)
        {
            if (dead.Type == "unknown" || dead.Payload.Contains("four", StringComparison.Ordinal))
            {
                using var refused = await client.PostAsync($"{path}/{dead.Id}/replay", null, Cancel);
                Assert.Equal(409, (int)refused.StatusCode);
            }
            using var deleted = await client.DeleteAsync($"{path}/{dead.Id}", Cancel);
            Assert.Equal(200, (int)deleted.StatusCode);
        }
    }

    private const long IncidentChangedId = 77;

    [Fact]
    public async Task A_dead_letter_that_the_database_rejects_is_stored_cleaned_or_else_logged()
    {
        var inbox = new Inbox { Handle = (_, _) => throw new InvalidOperationException("poison") };
        await using var module = await StartAsync(DatabaseKind.Sqlite, inbox);
        await module.ReadAsync(db => db.Database.ExecuteSqlRawAsync(
            "CREATE TRIGGER picky BEFORE INSERT ON dead_letters WHEN NEW.payload LIKE '%\u4e2d%' OR NEW.payload LIKE '%never%' BEGIN SELECT RAISE(ABORT, 'refused'); END", Cancel));
        // Both at once: each fails for half a minute before it becomes a dead letter.
        foreach (var title in new[] { "\u4e2d", "never" })
            await SendAsync(Queue, Encoding.UTF8.GetBytes(Known.Replace("\"version\":2", $"\"version\":2,\"title\":\"{title}\"", StringComparison.Ordinal)), Poison.With());
        await Eventually.TrueAsync(() => module.ReadAsync(db => db.DeadLetters.AnyAsync(Cancel)));
        var dead = await module.ReadAsync(db => db.DeadLetters.SingleAsync(Cancel));
        Assert.Equal(("unknown", "poison"), (dead.Type, dead.Error));
        Assert.Contains("\"title\":\"?\"", dead.Payload, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => Task.FromResult(module.Host.Log.Entries.Any(entry => entry.Message.Contains("cannot be stored as a dead letter either", StringComparison.Ordinal))));
        await Eventually.TrueAsync(async () => await LeftAsync(Queue) == 0);
        Assert.Equal(2, module.Host.Log.Entries.Count);
    }

    private async Task<TestModule> StartAsync(DatabaseKind database, Inbox? inbox = null)
    {
        var module = await TestModule.StartAsync(database, inbox: inbox, settings: new Dictionary<string, string?>
        {
            ["Kener:Delivery"] = nameof(DeliveryKind.RabbitMQ),
            ["Kener:InternalKey"] = new string('k', 32),
            ["ConnectionStrings:messaging"] = _broker.Address,
        });
        Assert.Equal(BusHealthStatus.Healthy, await module.Services.GetRequiredService<IBusControl>().WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromMinutes(2)));
        return module;
    }

    private Task<IConnection> ConnectAsync() => new ConnectionFactory { Uri = new Uri(_broker.Address) }.CreateConnectionAsync(Cancel);

    private async Task SendAsync(string queue, byte[] body, BasicProperties properties)
    {
        await using var connection = await ConnectAsync();
        await using var publisher = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), Cancel);
        await publisher.BasicPublishAsync("", queue, mandatory: true, properties, body, Cancel);
    }

    /// <summary>Returns the number of messages in a queue. Unacknowledged ones return to it when their consumers stop.</summary>
    private async Task<uint> LeftAsync(string queue)
    {
        await using var connection = await ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
        return await channel.MessageCountAsync(queue, Cancel);
    }
}

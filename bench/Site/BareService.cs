using System.Collections.Concurrent;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Kener.Bench.Site;

/// <summary>
/// The smallest service of this design: ASP.NET, EF Core on PostgreSQL, MassTransit on RabbitMQ and a Redis client, with one table, one consumer
/// and one route. Its memory is a bound for that of Kener's services. So is the time of its chain, which does the same steps without their work: a
/// row is committed, a message is published and confirmed, its consumer commits another row, and Redis notifies the request.
/// </summary>
internal static class BareService
{
    public const string Name = "bare-service";

    public static async Task<int> RunAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder();
        var connections = builder.Configuration.GetSection("ConnectionStrings");
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        // Only the address may be printed.
        builder.Logging.ClearProviders();
        builder.Services.AddDbContextPool<BareDb>(options => options.UseNpgsql(connections["statusdb"], npgsql => npgsql.EnableRetryOnFailure()));
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(connections["cache"]!));
        builder.Services.AddSingleton<BareNews>();
        // A message that is published before its queue exists would be lost.
        builder.Services.Configure<MassTransitHostOptions>(options => options.WaitUntilStarted = true);
        builder.Services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.AddConsumer<ThingAddedConsumer>();
            bus.UsingRabbitMq((context, rabbit) =>
            {
                rabbit.Host(new Uri(connections["messaging"]!));
                rabbit.ReceiveEndpoint(Name, endpoint =>
                {
                    endpoint.SetQuorumQueue();
                    endpoint.ConfigureConsumer<ThingAddedConsumer>(context);
                });
            });
        });
        await using var app = builder.Build();
        await using (var scope = app.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<BareDb>().GetService<IRelationalDatabaseCreator>().CreateTablesAsync();
        await app.Services.GetRequiredService<BareNews>().ListenAsync();
        app.MapPost("/", AddAsync);
        await app.StartAsync();
        Console.WriteLine(app.Urls.First());
        while (await Console.In.ReadLineAsync() is not null) { }
        return 0;
    }

    /// <summary>Responds when the chain is complete.</summary>
    private static async Task AddAsync(BareDb db, IBus bus, BareNews news, CancellationToken cancel)
    {
        var name = Guid.CreateVersion7().ToString();
        var told = news.Of(name);
        await db.AddAsync(name, cancel);
        await bus.Publish(new ThingAdded(name), cancel);
        await told.WaitAsync(cancel);
    }
}

internal sealed class BareDb(DbContextOptions<BareDb> options) : DbContext(options)
{
    public DbSet<BareThing> Things => Set<BareThing>();

    public Task AddAsync(string name, CancellationToken cancel) => Database.CreateExecutionStrategy().ExecuteAsync(async token =>
    {
        await using var transaction = await Database.BeginTransactionAsync(token);
        Add(new BareThing { Name = name });
        await SaveChangesAsync(token);
        await transaction.CommitAsync(token);
    }, cancel);

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<BareThing>().ToTable("bare_things");
}

internal sealed class BareThing
{
    public long Id { get; set; }
    public required string Name { get; set; }
}

/// <summary>The message that a bare service sends to itself.</summary>
public sealed record ThingAdded(string Name);

internal sealed class ThingAddedConsumer(BareDb db, IConnectionMultiplexer redis) : IConsumer<ThingAdded>
{
    public async Task Consume(ConsumeContext<ThingAdded> context)
    {
        await db.AddAsync(context.Message.Name, context.CancellationToken);
        await redis.GetDatabase().PublishAsync(BareNews.Channel, context.Message.Name);
    }
}

/// <summary>The requests that wait for their notification from Redis.</summary>
internal sealed class BareNews(IConnectionMultiplexer redis)
{
    public static readonly RedisChannel Channel = RedisChannel.Literal(BareService.Name);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = new();

    public Task ListenAsync() => redis.GetSubscriber().SubscribeAsync(Channel, (_, name) =>
    {
        if (_waiting.TryRemove(name.ToString(), out var waiting)) waiting.SetResult();
    });

    public Task Of(string name) => _waiting.GetOrAdd(name, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
}

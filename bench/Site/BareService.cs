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
/// The least that a service of this design is: ASP.NET, EF Core on PostgreSQL, MassTransit on RabbitMQ and a Redis client, with one table,
/// one consumer and one route. What it holds bounds what Kener's services can.
/// </summary>
internal static class BareService
{
    public const string Name = "bare-service";

    public static async Task<int> RunAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder();
        var connections = builder.Configuration.GetSection("ConnectionStrings");
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        // What is printed is the address, and nothing else.
        builder.Logging.ClearProviders();
        builder.Services.AddDbContextPool<BareDb>(options => options.UseNpgsql(connections["statusdb"], npgsql => npgsql.EnableRetryOnFailure()));
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(connections["cache"]!));
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
        app.MapPost("/", AddAsync);
        await app.StartAsync();
        Console.WriteLine(app.Urls.First());
        while (await Console.In.ReadLineAsync() is not null) { }
        return 0;
    }

    private static async Task<int> AddAsync(BareDb db, IBus bus, IConnectionMultiplexer redis)
    {
        await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.Add(new BareThing { Name = "a thing" });
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        });
        await bus.Publish(new ThingAdded("a thing"));
        await redis.GetDatabase().StringSetAsync(Name, "a thing");
        return await db.Things.CountAsync();
    }
}

internal sealed class BareDb(DbContextOptions<BareDb> options) : DbContext(options)
{
    public DbSet<BareThing> Things => Set<BareThing>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<BareThing>().ToTable("bare_things");
}

internal sealed class BareThing
{
    public long Id { get; set; }
    public required string Name { get; set; }
}

/// <summary>What a bare service tells itself.</summary>
public sealed record ThingAdded(string Name);

internal sealed class ThingAddedConsumer(BareDb db) : IConsumer<ThingAdded>
{
    public Task Consume(ConsumeContext<ThingAdded> context) => db.Things.AsNoTracking().FirstOrDefaultAsync(thing => thing.Name == context.Message.Name, context.CancellationToken);
}

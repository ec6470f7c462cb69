using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Redis;
using Kener.ServiceDefaults.Snapshots;
using Kener.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kener.Gateway.Tests;

/// <summary>Runs a private Redis server between owners of snapshots and gateways.</summary>
public abstract class OwnersAndRedis : IAsyncLifetime
{
    private static readonly (string Name, string Value) Distributed = ("Kener:Delivery", nameof(DeliveryKind.RabbitMQ));
    private static readonly (string Name, string Value) Internal = ("Kener:InternalKey", "internal-key-0123456789abcdef0123456789");
    private readonly List<WebApplication> _owners = [];

    private protected PrivateServer Redis { get; private set; } = null!;

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public virtual async ValueTask InitializeAsync() => Redis = await PrivateServer.RedisAsync();

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var owner in _owners) await owner.DisposeAsync();
        await Redis.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task<WebApplication> OwnerAsync(string prefix, string? redis = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Error);
        foreach (var (name, value) in new[] { Distributed, Internal, ("ConnectionStrings:cache", redis ?? Redis.Address) }) builder.Configuration[name] = value;
        builder.AddServiceDefaults();
        builder.AddSnapshotMirror(prefix);
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapServiceDefaults();
        await app.StartAsync(Cancel);
        _owners.Add(app);
        return app;
    }

    private protected Task<Embedded> GatewayAsync(WebApplication? status = null, WebApplication? accounts = null, string? redis = null)
    {
        List<(string, string)> settings = [Distributed, Internal, ("ConnectionStrings:cache", redis ?? Redis.Address)];
        if (status is not null) settings.Add(("services:status:http:0", status.Urls.First()));
        if (accounts is not null) settings.Add(("services:accounts:http:0", accounts.Urls.First()));
        return Embedded.StartAsync(keys: false, settings: [.. settings]);
    }

    private protected static void Publish(WebApplication owner, int version)
    {
        var board = owner.Services.GetRequiredService<SnapshotStore>();
        board.Publish(PageTests.Page($"home {version}", version: version));
        board.Publish(PageTests.Page($"one {version}", "page:/incidents/1", version));
        board.Confirm();
    }

    private protected static void PublishKeys(WebApplication owner, int version) =>
        owner.Services.GetRequiredService<SnapshotStore>().Publish(new PublishedKeys(version, []).ToSnapshot(0));

    private protected static async Task SeesAsync(Embedded gateway, int version, int? keys = null)
    {
        await Eventually.TrueAsync(() => Task.FromResult(
            gateway.Board.Find("page:/")?.Version == version && gateway.Board.Find(PublishedKeys.SnapshotKey)?.Version == (keys ?? version)));
        Assert.Equal($"home {version}", System.Text.Encoding.UTF8.GetString(gateway.Board.Find("page:/")!.Body));
    }
}

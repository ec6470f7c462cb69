using System.Diagnostics;
using Kener.ServiceDefaults.Redis;
using Kener.ServiceDefaults.Snapshots;
using Kener.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry.Trace;
using StackExchange.Redis;

namespace Kener.Gateway.Tests;

/// <summary>
/// Sends snapshots from an owner through a real Redis server to a gateway. These tests empty that server, so they run one after the other.
/// </summary>
[Collection(nameof(SnapshotTravelTests))]
public sealed class SnapshotTravelTests : IAsyncLifetime
{
    private static readonly string Address = Environment.GetEnvironmentVariable("KENER_TEST_REDIS")
        ?? throw new InvalidOperationException("KENER_TEST_REDIS is not set: run ./test, or give the address of a Redis server");

    private readonly List<BackgroundService> _running = [];
    private ConnectionMultiplexer _redis = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await ConnectionMultiplexer.ConnectAsync($"{Address},allowAdmin=true");
        await WipeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _running) await service.StopAsync(CancellationToken.None);
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task A_published_snapshot_reaches_the_gateway_with_all_its_fields()
    {
        var owner = await OwnerAsync();
        var gateway = await GatewayAsync();
        var page = PageTests.Page("<h1>ü</h1>", version: 5) with { MadeMs = 7 };
        owner.Publish(page);
        var got = await SeesAsync(gateway, "page:/", 5);
        Assert.Equal(page, got with { Body = page.Body, Brotli = page.Brotli });
        Assert.Equal(page.Body, got.Body);
        Assert.Equal(page.Brotli, got.Brotli);

        var bare = PageTests.Page("x", "page:/incidents/1", compressed: false) with { ContentSecurityPolicy = null };
        owner.Publish(bare);
        var plain = await SeesAsync(gateway, bare.Key, 1);
        Assert.Null(plain.Brotli);
        Assert.Null(plain.ContentSecurityPolicy);
        owner.Remove(bare.Key);
        await Eventually.TrueAsync(() => Task.FromResult(gateway.Find(bare.Key) is null));
    }

    [Fact]
    public async Task Writing_and_reading_a_snapshot_in_Redis_is_traced_with_its_key_only()
    {
        var spans = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Kener",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var owner = await OwnerAsync();
        var gateway = await GatewayAsync();
        owner.Publish(PageTests.Page("<h1>traced</h1>", "page:/traced", version: 3));
        await SeesAsync(gateway, "page:/traced", 3);
        await Eventually.TrueAsync(() => Task.FromResult(Names().Contains("write snapshot") && Names().Contains("read snapshot")));
        Assert.All(spans.Where(IsOurs), span => Assert.Equal(["kener.snapshot"], span.Tags.Select(tag => tag.Key)));

        bool IsOurs(Activity span) => Equals(span.GetTagItem("kener.snapshot"), "page:/traced");
        HashSet<string> Names() => [.. spans.Where(IsOurs).Select(span => span.OperationName)];
    }

    [Fact]
    public async Task A_gateway_that_starts_later_receives_all_snapshots_and_when_they_were_confirmed()
    {
        var owner = await OwnerAsync();
        for (var i = 0; i < 50; i++) owner.Publish(PageTests.Page($"{i}", $"page:/incidents/{i}", 100 + i));
        owner.Publish(PageTests.Page("home"));
        await Eventually.TrueAsync(async () => await _redis.GetDatabase().HashLengthAsync("{kener}:versions") == 51);
        await _redis.GetDatabase().StringSetAsync("{kener}:confirmed", 1_700_000_000_000);
        var gateway = await GatewayAsync();
        await SeesAsync(gateway, "page:/incidents/49", 149);
        await Eventually.TrueAsync(() => Task.FromResult(gateway.ConfirmedMs == 1_700_000_000_000));
        owner.Confirm();
        await Eventually.TrueAsync(() => Task.FromResult(gateway.ConfirmedMs > 1_700_000_000_000));
    }

    [Fact]
    public async Task An_older_version_never_overwrites_a_newer_one()
    {
        var (first, second) = (await OwnerAsync(), await OwnerAsync());
        var gateway = await GatewayAsync();
        first.Publish(PageTests.Page("new", version: 9));
        await SeesAsync(gateway, "page:/", 9);
        second.Publish(PageTests.Page("old", version: 8));
        second.Publish(PageTests.Page("mark", "page:/incidents/1"));
        await SeesAsync(gateway, "page:/incidents/1", 1);
        Assert.Equal(9, (long)await _redis.GetDatabase().HashGetAsync("{kener}:versions", "page:/"));

        await Task.WhenAll(Enumerable.Range(10, 200).Select(version => Task.Run(() => (version % 2 == 0 ? first : second).Publish(PageTests.Page($"{version}", version: version)))));
        Assert.Equal("209", System.Text.Encoding.UTF8.GetString((await SeesAsync(gateway, "page:/", 209)).Body));
    }

    [Fact]
    public async Task A_Redis_that_lost_everything_is_filled_again_and_no_page_disappears_meanwhile()
    {
        var owner = await OwnerAsync();
        var gateway = await GatewayAsync();
        owner.Publish(PageTests.Page("home", version: 3));
        owner.Publish(PageTests.Page("one", "page:/incidents/1"));
        await SeesAsync(gateway, "page:/incidents/1", 1);
        await WipeAsync();
        await Eventually.TrueAsync(async () => await _redis.GetDatabase().HashLengthAsync("{kener}:versions") == 2);
        Assert.NotNull(gateway.Find("page:/"));
        Assert.NotNull(gateway.Find("page:/incidents/1"));
        await SeesAsync(await GatewayAsync(), "page:/", 3);
    }

    [Fact]
    public async Task The_owner_receives_which_variants_gateways_use()
    {
        var owner = await OwnerAsync();
        var gateway = await GatewayAsync();
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddDays(20_000));
        using var ofOwner = new VariantUses(owner, clock);
        using var ofGateway = new VariantUses(gateway, clock);
        await RunAsync(new VariantUsesReceiver(new(() => _redis), ofOwner, clock));
        await RunAsync(new VariantUsesSender(new(() => _redis), ofGateway, clock));
        owner.Publish(PageTests.Page("dark", "page:/?en&UTC&dark"));
        await SeesAsync(gateway, "page:/?en&UTC&dark", 1);
        ofGateway.Note("page:/?en&UTC&dark");
        ofGateway.Note("page:/?en&Asia/Tokyo&dark");
        await Eventually.TrueAsync(() =>
        {
            clock.Advance(VariantUsesSender.Every);
            return Task.FromResult(ofOwner.LastMs("page:/?en&UTC&dark") > 0);
        });
        // The owner does not have that variant, so it records nothing.
        Assert.Equal(0, ofOwner.LastMs("page:/?en&Asia/Tokyo&dark"));
        owner.Remove("page:/?en&UTC&dark");
        Assert.Empty(ofOwner.Since(0));
    }

    [Fact]
    public async Task An_owner_that_restarts_removes_what_it_no_longer_has()
    {
        var before = await OwnerAsync();
        var gateway = await GatewayAsync();
        before.Publish(PageTests.Page("home", version: 3));
        before.Publish(PageTests.Page("deleted meanwhile", "page:/incidents/1"));
        await SeesAsync(gateway, "page:/incidents/1", 1);
        await _running[0].StopAsync(TestContext.Current.CancellationToken);
        var after = await OwnerAsync();
        after.Publish(PageTests.Page("home", version: 4));
        await Eventually.TrueAsync(() => Task.FromResult(gateway.Find("page:/incidents/1") is null && gateway.Find("page:/")?.Version == 4));
    }

    [Fact]
    public async Task Aspires_conventions_configure_the_client_and_its_health_check()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration["ConnectionStrings:cache"] = Address;
        builder.Configuration["Aspire:StackExchange:Redis:ConfigurationOptions:ConnectTimeout"] = "123456";
        builder.Configuration["Aspire:StackExchange:Redis:cache:ConfigurationOptions:ClientName"] = "by-name";
        builder.AddRedisClient("cache", configureOptions: options => options.ConnectRetry = 7);
        builder.AddKeyedRedisClient("other", settings => settings.ConnectionString = "127.0.0.1:1,connectTimeout=100");
        using var host = builder.Build();
        var options = host.Services.GetRequiredService<IOptions<ConfigurationOptions>>().Value;
        Assert.Equal((123456, "by-name", 7, false), (options.ConnectTimeout, options.ClientName, options.ConnectRetry, options.AbortOnConnectFail));
        var health = host.Services.GetRequiredService<HealthCheckService>();
        // On a busy machine a command may take longer than the client's timeout.
        var report = await Eventually.GetAsync(() => health.CheckHealthAsync(TestContext.Current.CancellationToken), one => one.Entries["StackExchange.Redis"].Status == HealthStatus.Healthy);
        Assert.Equal(HealthStatus.Unhealthy, report.Entries["StackExchange.Redis_other"].Status);
    }

    [Fact]
    public void A_missing_connection_string_is_named_at_first_use()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.AddConnection();
        using var host = builder.Build();
        var fault = Assert.Throws<InvalidOperationException>(host.Services.GetRequiredService<IConnectionMultiplexer>);
        Assert.Equal("ConnectionStrings__cache is missing: give the address of a Redis server", fault.Message);
    }

    [Fact]
    public void The_health_check_of_Redis_has_its_tag_and_does_not_count_for_readiness()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.AddConnection();
        using var host = builder.Build();
        var check = Assert.Single(host.Services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations);
        Assert.Equal("StackExchange.Redis", check.Name);
        Assert.Equal([SnapshotTravelExtensions.RedisTag], check.Tags);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("http://127.0.0.1:1", true)]
    public async Task Redis_is_traced_if_traces_are_exported_and_the_start_does_not_connect(string? endpoint, bool isTraced)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
        builder.Configuration["Aspire:StackExchange:Redis:DisableAutoActivation"] = "false";
        builder.AddConnection();
        Assert.Equal(isTraced, builder.Services.Any(service => service.ServiceType == typeof(TracerProvider)));
        using var host = builder.Build();
        // Connecting would fail: there is no connection string.
        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private async Task<SnapshotStore> OwnerAsync()
    {
        var board = new SnapshotStore(TimeProvider.System);
        await RunAsync(new SnapshotMirror(new(() => _redis), board, "page:", TimeProvider.System, NullLogger<SnapshotMirror>.Instance));
        return board;
    }

    private async Task<SnapshotStore> GatewayAsync()
    {
        var board = new SnapshotStore(TimeProvider.System);
        await RunAsync(new SnapshotFollower(
            new(() => _redis), board, new SnapshotIntake(board, TimeProvider.System, NullLogger<SnapshotIntake>.Instance), new RedisNews(TimeProvider.System), TimeProvider.System,
            NullLogger<SnapshotFollower>.Instance));
        return board;
    }

    private async Task RunAsync(BackgroundService service)
    {
        _running.Add(service);
        await service.StartAsync(TestContext.Current.CancellationToken);
    }

    private async Task WipeAsync() => await _redis.GetServers().Single().FlushDatabaseAsync();

    private static async Task<Snapshot> SeesAsync(SnapshotStore board, string key, long version) =>
        (await Eventually.GetAsync(() => Task.FromResult(board.Find(key)), found => found?.Version == version))!;
}

[CollectionDefinition(nameof(SnapshotTravelTests), DisableParallelization = true)]
public sealed class OneAfterTheOther;

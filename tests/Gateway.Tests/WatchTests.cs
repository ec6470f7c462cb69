using System.Diagnostics.Metrics;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Gateway.Tests;

/// <summary>What Kener watches of itself, as /health and the metrics say it (Behavior: RUN-7).</summary>
public sealed class WatchTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_that_were_not_confirmed_for_a_minute_are_named_and_change_neither_a_status_code_nor_readiness()
    {
        var clock = Clocks.AtHand();
        await using var host = await Embedded.StartAsync(clock: clock, add: builder => builder.Services.AddSingleton(new FreeDisk(() => long.MaxValue)));
        using var client = host.Client();
        host.Board.Publish(PageTests.Page("<h1>Here</h1>"));
        Assert.Equal((200, "Healthy"), await AskAsync("/health"));
        clock.Advance(TimeSpan.FromSeconds(121));
        Assert.Equal((200, "Degraded\npages: The pages were last up to date 2 minutes ago"), await AskAsync("/health"));
        Assert.Equal((200, "Healthy"), await AskAsync("/ready"));
        Assert.Equal((200, """{"status":"ok","db":true,"redis":true}"""), await AskAsync("/healthcheck?strict=1"));
        host.Board.Confirm();
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((200, "Healthy"), await AskAsync("/health"));

        async Task<(int, string)> AskAsync(string path)
        {
            var answer = await client.AskAsync("GET", path);
            return (answer.Code, answer.Text);
        }
    }

    [Fact]
    public async Task A_disk_that_is_nearly_full_is_named_without_its_path()
    {
        var (clock, free) = (Clocks.AtHand(), FreeDisk.Least);
        await using var host = await Embedded.StartAsync(clock: clock, add: builder => builder.Services.AddSingleton(new FreeDisk(() => free)));
        using var client = host.Client();
        host.Board.Publish(PageTests.Page("<h1>Here</h1>"));
        Assert.Equal("Healthy", (await client.AskAsync("GET", "/health")).Text);
        free = 5 << 20;
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Degraded\ndisk: Free disk space: 5 MiB", (await client.AskAsync("GET", "/health")).Text);
    }

    [Fact]
    public void The_disk_of_a_folder_that_is_not_there_yet_is_that_of_the_folder_in_which_it_will_be()
    {
        Assert.InRange(FreeDisk.Of(Path.Combine(Path.GetTempPath(), "kener-not-there", "neither")), 0, long.MaxValue);
        Assert.InRange(FreeDisk.Of("./data"), 0, long.MaxValue);
    }

    [Fact]
    public async Task Of_other_checks_the_name_and_the_status_alone_are_public()
    {
        await using var host = await Embedded.StartAsync(clock: Clocks.AtHand(), add: builder =>
        {
            builder.Services.AddSingleton(new FreeDisk(() => throw new IOException("/secret/path")));
            builder.Services.AddHealthChecks().AddCheck("other", () => HealthCheckResult.Unhealthy("host 10.1.2.3 hidden-monitor"));
        });
        using var client = host.Client();
        host.Board.Publish(PageTests.Page("<h1>Here</h1>"));
        var answer = await client.AskAsync("GET", "/health");
        Assert.Equal((503, "Unhealthy\ndisk: Degraded\nother: Unhealthy"), (answer.Code, answer.Text));
        Assert.Equal("Degraded\ndisk: Degraded", (await client.AskAsync("GET", "/health?tag=watch")).Text);
        Assert.Equal((200, ""), (await client.AskAsync("HEAD", "/health?tag=watch")) is var head ? (head.Code, head.Text) : default);
    }

    [Fact]
    public async Task The_gateway_says_what_a_service_behind_it_watches()
    {
        await using var service = await ProxyTests.ServiceAsync(_ => { }, services =>
        {
            services.AddSingleton(new FreeDisk(() => 3 << 20));
            // That a service cannot be used otherwise does not hide it.
            services.AddHealthChecks().AddCheck("broker", () => HealthCheckResult.Unhealthy());
        });
        await using var host = await Embedded.StartAsync(settings: [.. ProxyTests.Apart, ("services:incidents:http:0", service.Urls.First())]);
        var health = host.Services.GetRequiredService<HealthCheckService>();
        var report = await Eventually.GetAsync(() => health.CheckHealthAsync(check => check.Name.EndsWith("-watch", StringComparison.Ordinal), Cancel),
            report => report.Entries["incidents-watch"].Status == HealthStatus.Degraded);
        Assert.Equal("disk: Free disk space: 3 MiB", report.Entries["incidents-watch"].Description);
        // A service that is away is the other check's to report.
        Assert.Equal(HealthStatus.Healthy, report.Entries["status-watch"].Status);
    }

    [Fact]
    public async Task Each_figure_is_a_metric()
    {
        await using var host = await Embedded.StartAsync(clock: new FakeTimeProvider(), add: builder => builder.Services.AddSingleton(new FreeDisk(() => 7)));
        var measured = new List<(string Name, string? Unit, double Figure, string? Check)>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Name == "Kener") own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((instrument, figure, tags, _) => measured.Add((instrument.Name, instrument.Unit, figure, tags[0].Value as string)));
        listener.Start();
        var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancel);
        await new WatchMeter(host.Services.GetRequiredService<IMeterFactory>()).PublishAsync(report, Cancel);
        Assert.Equal([("kener.disk.free", "By", 7, "disk"), ("kener.pages.age", "s", 0, "pages")], measured.Where(one => one.Name is "kener.disk.free" or "kener.pages.age").Order());
    }
}

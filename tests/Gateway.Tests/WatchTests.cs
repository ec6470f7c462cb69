using System.Diagnostics.Metrics;
using Kener.ServiceDefaults.Health;
using Kener.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Gateway.Tests;

/// <summary>Tests what <c>/health</c> and the metrics report about Kener itself (Behavior: RUN-7).</summary>
public sealed class WatchTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_that_were_not_confirmed_for_a_minute_are_reported_without_changing_a_status_code_or_readiness()
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
    public async Task A_nearly_full_disk_is_reported_without_its_path()
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
    public void The_free_space_of_a_missing_folder_is_that_of_its_nearest_existing_parent()
    {
        Assert.InRange(FreeDisk.Of(Path.Combine(Path.GetTempPath(), "kener-not-there", "neither")), 0, long.MaxValue);
        Assert.InRange(FreeDisk.Of("./data"), 0, long.MaxValue);
    }

    [Fact]
    public async Task Only_the_name_and_status_of_other_checks_are_public()
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
    public async Task The_gateway_includes_the_findings_of_a_service_behind_it()
    {
        await using var service = await ProxyTests.ServiceAsync(_ => { }, services =>
        {
            services.AddSingleton(new FreeDisk(() => 3 << 20));
            // The finding is reported even if another check of the service fails.
            services.AddHealthChecks().AddCheck("broker", () => HealthCheckResult.Unhealthy());
        });
        await using var host = await Embedded.StartAsync(settings: [.. ProxyTests.Apart, ("services:incidents:http:0", service.Urls.First())]);
        var health = host.Services.GetRequiredService<HealthCheckService>();
        var report = await Eventually.GetAsync(() => health.CheckHealthAsync(check => check.Name.EndsWith("-watch", StringComparison.Ordinal), Cancel),
            report => report.Entries["incidents-watch"].Status == HealthStatus.Degraded);
        Assert.Equal("disk: Free disk space: 3 MiB", report.Entries["incidents-watch"].Description);
        // ServiceHealthCheck reports a service that is unreachable.
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

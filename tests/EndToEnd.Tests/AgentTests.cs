using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Kener.TestKit;

namespace Kener.EndToEnd.Tests;

/// <summary>The embedded agent end to end: from the checked server to the status page (Behavior: CHK-3).</summary>
public sealed class AgentTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Fact]
    public async Task The_page_follows_a_server_down_and_up_again()
    {
        await using var kener = await KenerProcess.StartAsync();
        var port = LocalPort.Free();
        var server = RawServer.Saying(Ok, port: port);
        try
        {
            await CreateAsync(kener, "web", server);
            await FollowsAsync(kener, "UP", "All Systems Operational");
            await server.DisposeAsync();
            await CheckNowAsync(kener);
            await FollowsAsync(kener, "DOWN", "Major System Outage");
            server = RawServer.Saying(Ok, port: port);
            await CheckNowAsync(kener);
            await FollowsAsync(kener, "UP", "All Systems Operational");
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_monitor_with_hostile_data_is_down_and_affects_neither_the_process_nor_other_monitors()
    {
        await using var kener = await KenerProcess.StartAsync();
        await using var server = RawServer.Saying(Ok);
        // Valid for the API, but the agent cannot send the request: it does not know the variable.
        const string Hostile = "$KENER_TEST_UNKNOWN/";
        await kener.Api.SendAsync(HttpMethod.Post, "/api/v4/monitors",
            new { tag = "hostile", name = "hostile", monitor_type = "API", cron = "* * * * *", type_data = new { url = Hostile } }, 201);
        await CreateAsync(kener, "web", server);
        await FollowsAsync(kener, "UP", "Partial System Outage");
        var sample = (await Eventually.GetAsync(() => SamplesAsync(kener, "hostile"), samples => samples.Count > 0))[^1]!;
        Assert.Equal(("DOWN", "ERROR"), (sample["status"]!.GetValue<string>(), sample["type"]!.GetValue<string>()));
        // The same after a restart, which checks all monitors at once.
        Assert.Equal(0, await kener.TerminateAsync());
        await kener.StartAgainAsync();
        var requests = server.Requests.Count;
        await Eventually.TrueAsync(() => Task.FromResult(server.Requests.Count > requests));
        await CheckNowAsync(kener);
        await Eventually.TrueAsync(() => Task.FromResult(server.Requests.Count > requests + 1));
        Assert.False(kener.Output.Contains("fail:"), kener.Output);
    }

    [Fact]
    public async Task Each_minute_all_but_inactive_monitors_are_checked_and_hidden_ones_stay_hidden()
    {
        // The tag decides when in the minute a monitor is checked: these three in this order, all within the first second.
        const string Inactive = "shop-71", Hidden = "mail-198", Web = "web-228";
        await using var kener = await KenerProcess.StartAsync();
        await using var server = RawServer.Saying(Ok);
        foreach (var tag in new[] { Inactive, Hidden, Web }) await CreateAsync(kener, tag, server);
        foreach (var tag in new[] { Inactive, Hidden, Web }) await Eventually.TrueAsync(async () => (await SamplesAsync(kener, tag)).Count > 0);
        await kener.Api.SendAsync(HttpMethod.Patch, $"/api/v4/monitors/{Inactive}", new { status = "INACTIVE" });
        await kener.Api.SendAsync(HttpMethod.Patch, $"/api/v4/monitors/{Hidden}", new { is_hidden = "YES" });
        // The change takes a moment to reach the agent, longer on a busy machine, and a minute may begin meanwhile: leave it at least 20 seconds.
        var next = ((Calls.Now + 20) / 60 * 60) + 60;
        await Eventually.TrueAsync(async () => await HasAsync(Web, next) && await HasAsync(Hidden, next));
        Assert.False(await HasAsync(Inactive, next));
        var page = await kener.Visitor.SeesAsync("/", html => html.Contains("All Systems Operational"));
        Assert.Contains($">{Web}<", page);
        Assert.DoesNotContain(Hidden, page);
        Assert.DoesNotContain(Inactive, page);

        async Task<bool> HasAsync(string tag, long minute) => (await SamplesAsync(kener, tag)).Any(sample => sample!["timestamp"]!.GetValue<long>() == minute);
    }

    [Fact]
    public async Task A_stop_with_an_open_agent_poll_and_an_open_live_stream_is_clean_and_logs_no_warning()
    {
        await using var kener = await KenerProcess.StartAsync();
        await using var server = RawServer.Saying(Ok);
        await CreateAsync(kener, "web", server);
        await FollowsAsync(kener, "UP", "All Systems Operational");
        using var live = await kener.Visitor.GetAsync("/live?page=/", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.True(live.IsSuccessStatusCode);
        Assert.Equal(0, await kener.TerminateAsync());
        Assert.False(kener.Output.Contains("fail:") || kener.Output.Contains("warn:"), kener.Output);
    }

    [Fact]
    public async Task A_stop_while_results_are_written_logs_no_error_and_loses_no_acknowledged_result()
    {
        await using var kener = await KenerProcess.StartAsync();
        for (var stop = 0; stop < Scale.Of(2); stop++)
        {
            var tags = Enumerable.Range(0, 4).Select(writer => $"m{stop}-{writer}").ToList();
            foreach (var tag in tags) await kener.Api.CreateMonitorAsync(tag);
            // The same minute for all writers: hours that are counted back from a later minute would overlap.
            var (acknowledged, last) = (0, Calls.Minute);
            var writers = tags.Select(tag => Task.Run(async () =>
            {
                for (var hour = 0; ; hour++)
                {
                    var start = last - (hour * 3600) - 3600;
                    if (!await WriteAsync(kener, tag, start)) return hour;
                    Interlocked.Increment(ref acknowledged);
                }
            })).ToList();
            await Eventually.TrueAsync(() => Task.FromResult(acknowledged > 20));
            Assert.Equal(0, await kener.TerminateAsync());
            var written = await Task.WhenAll(writers);
            // Only errors count: an overloaded machine may cause warnings.
            Assert.False(kener.OutputSinceLaunch.Contains("fail:") || kener.OutputSinceLaunch.Contains("   at "), kener.OutputSinceLaunch);
            await kener.StartAgainAsync();
            foreach (var (tag, hours) in tags.Zip(written))
            {
                var data = (await kener.Api.SendAsync(HttpMethod.Get, $"/api/v4/monitors/{tag}/data?start_ts=0&end_ts={Calls.Minute}"))["data"]!.AsArray();
                Assert.True(data.Count >= hours * 60, $"{data.Count} of {hours} hours");
            }
        }
    }

    /// <summary>Writes an hour of results; returns false once Kener no longer accepts them.</summary>
    private static async Task<bool> WriteAsync(KenerProcess kener, string tag, long start)
    {
        try
        {
            using var answer = await kener.Api.PatchAsJsonAsync($"/api/v4/monitors/{tag}/data", new { start_ts = start, end_ts = start + 3540, status = "UP", latency = 100, deviation = 50 });
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task CreateAsync(KenerProcess kener, string tag, RawServer server) => await kener.Api.SendAsync(HttpMethod.Post, "/api/v4/monitors",
        new { tag, name = tag, monitor_type = "API", cron = "* * * * *", type_data = new { url = server.Url, timeout = 30_000 } }, 201);

    /// <summary>Changes the monitor, so that it is checked at once and the test need not wait for the next minute.</summary>
    private static async Task CheckNowAsync(KenerProcess kener) =>
        await kener.Api.SendAsync(HttpMethod.Patch, "/api/v4/monitors/web", new { description = Guid.NewGuid().ToString() });

    private static async Task FollowsAsync(KenerProcess kener, string status, string message)
    {
        await Eventually.GetAsync(() => SamplesAsync(kener, "web"), samples => samples.Count > 0 && samples[^1]!["status"]!.GetValue<string>() == status);
        await kener.Visitor.SeesAsync("/", html => html.Contains(message));
    }

    private static async Task<JsonArray> SamplesAsync(KenerProcess kener, string tag) =>
        (await kener.Api.SendAsync(HttpMethod.Get, $"/api/v4/monitors/{tag}/data?start_ts={Calls.Minute - 600}&end_ts={Calls.Minute + 60}"))["data"]!.AsArray();
}

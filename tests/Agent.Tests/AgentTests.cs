using System.Net;
using Kener.Contracts;
using Kener.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Agent.Tests;

/// <summary>The whole agent between a gateway and the servers that it checks (Behavior: CHK-3).</summary>
public sealed class AgentTests : IDisposable
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private readonly string _folder = Given.Folder();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_or_changed_monitor_is_checked_at_once_for_the_present_minute()
    {
        await using var server = RawServer.Saying(Ok);
        await using var gateway = await FakeGateway.StartAsync();
        await using var agent = await AgentHost.StartAsync(gateway.Url, _folder);
        var before = Minutes.Floor(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        gateway.Assign(Given.Monitor(7, data: new { url = server.Url }));
        var result = (await TakenAsync(gateway, 1))[0];
        Assert.Equal(string.Join(',', Given.Types().Names), gateway.Types);
        Assert.Equal((7, "UP", "REALTIME", null), (result.MonitorId, result.Status, result.Type, result.Message));
        Assert.InRange(result.Minute, before, Minutes.Floor(DateTimeOffset.UtcNow.ToUnixTimeSeconds()));
        gateway.Assign(Given.Monitor(7, version: 2, data: new { url = "http://127.0.0.1:1/" }));
        result = (await Eventually.GetAsync(() => Task.FromResult(gateway.Taken), taken => taken[^1].Status == "DOWN"))[^1];
        Assert.Equal((7, "ERROR", "Connection refused"), (result.MonitorId, result.Type, result.Message));
    }

    [Fact]
    public async Task The_agent_is_ready_once_it_has_an_assignment()
    {
        await using var gateway = await FakeGateway.StartAsync();
        gateway.Failing = 503;
        await using var agent = await AgentHost.StartAsync(gateway.Url, _folder);
        await Eventually.TrueAsync(() => Task.FromResult(gateway.Polls > 0));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (await StatusAsync("/ready"), await StatusAsync("/alive")));
        gateway.Failing = null;
        await Eventually.TrueAsync(async () => await StatusAsync("/ready") == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("/health"));

        async Task<HttpStatusCode> StatusAsync(string path)
        {
            using var answer = await agent.Http.GetAsync(path, Cancel);
            return answer.StatusCode;
        }
    }

    [Theory]
    [InlineData(503)]
    [InlineData(500)]
    [InlineData(429)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public async Task While_the_gateway_fails_results_are_kept_and_then_reported_once_and_in_order(int status)
    {
        await using var gateway = await FakeGateway.StartAsync();
        await using var agent = await AgentHost.StartAsync(gateway.Url, _folder);
        agent.Find(Given.Results(1, 10));
        await TakenAsync(gateway, 10);
        gateway.Failing = status;
        for (var i = 0; i < 25; i++) agent.Find(Given.Results(11 + (i * 100), 100));
        var reports = gateway.Reports;
        await Eventually.TrueAsync(() => Task.FromResult(gateway.Reports > reports + 1 && agent.Waiting > 100_000));
        gateway.Failing = null;
        var taken = await TakenAsync(gateway, 2510);
        Assert.Equal(Given.Results(1, 2510), taken);
        await Eventually.TrueAsync(() => Task.FromResult(agent.Waiting == 0));
        Assert.Equal(2510, gateway.Taken.Count);
    }

    [Fact]
    public async Task Results_not_reported_before_a_stop_are_reported_after_the_next_start()
    {
        await using var gateway = await FakeGateway.StartAsync();
        gateway.Failing = 503;
        await using (var agent = await AgentHost.StartAsync(gateway.Url, _folder)) agent.Find(Given.Results(1, 1500));
        Assert.Empty(gateway.Taken);
        gateway.Failing = null;
        await using var next = await AgentHost.StartAsync(gateway.Url, _folder);
        Assert.Equal(Given.Results(1, 1500), await TakenAsync(gateway, 1500));
    }

    [Fact]
    public async Task A_stop_reports_the_pending_results()
    {
        await using var gateway = await FakeGateway.StartAsync();
        // The clock stands still, so that the time limit of a stop cannot expire on a slow machine.
        await using var agent = await AgentHost.StartAsync(gateway.Url, _folder, add: services => services.AddSingleton<TimeProvider>(Clocks.AtHand()));
        await Eventually.TrueAsync(() => Task.FromResult(gateway.Polls > 0));
        agent.Find(Given.Results(1, 2500));
        await agent.StopAsync();
        Assert.Equal(Given.Results(1, 2500), gateway.Taken);
        Assert.DoesNotContain("Error", agent.Log);
    }

    [Fact]
    public async Task A_rejected_result_does_not_affect_others()
    {
        await using var gateway = await FakeGateway.StartAsync();
        gateway.Refuses = result => result.MonitorId is 3 or 500 or 501;
        await using var agent = await AgentHost.StartAsync(gateway.Url, _folder);
        agent.Find(Given.Results(1, 1000));
        var taken = await TakenAsync(gateway, 997);
        Assert.Equal(Given.Results(1, 1000).Where(result => !gateway.Refuses(result)), taken);
        await Eventually.TrueAsync(() => Task.FromResult(agent.Waiting == 0));
        Assert.Contains("rejected a result of monitor 500", agent.Log);
    }

    [Fact]
    public async Task Checks_continue_when_the_gateway_goes_away()
    {
        await using var server = RawServer.Saying(Ok);
        var gateway = await FakeGateway.StartAsync();
        await using var agent = await AgentHost.StartAsync(gateway.Url, _folder);
        gateway.Assign(Given.Monitor(1, data: new { url = server.Url }));
        await TakenAsync(gateway, 1);
        await gateway.DisposeAsync();
        agent.Find(Given.Results(1, 5));
        await Eventually.TrueAsync(() => Task.FromResult(agent.Waiting > 0));
        Assert.Equal(HttpStatusCode.OK, (await agent.Http.GetAsync("/ready", Cancel)).StatusCode);
    }

    [Fact]
    public async Task A_rejected_key_is_logged_once_and_never_shown()
    {
        const string Wrong = "a-wrong-key-that-nobody-knows-0123456789";
        await using var gateway = await FakeGateway.StartAsync();
        await using var agent = await AgentHost.StartAsync(gateway.Url, _folder, Wrong);
        await Eventually.TrueAsync(() => Task.FromResult(gateway.Polls > 2));
        Assert.Single(agent.Log.Split('\n'), line => line.Contains("agents.report", StringComparison.Ordinal));
        Assert.DoesNotContain(Wrong, agent.Log);
    }

    [Fact]
    public async Task A_silent_target_does_not_delay_others()
    {
        await using var silent = RawServer.Start((_, _, cancel) => Task.Delay(Timeout.Infinite, cancel));
        await using var server = RawServer.Saying(Ok);
        await using var gateway = await FakeGateway.StartAsync();
        await using var agent = await AgentHost.StartAsync(gateway.Url, _folder);
        gateway.Assign([.. Enumerable.Range(1, 200).Select(id => Given.Monitor(id, data: new { url = id % 2 == 0 ? server.Url : silent.Url, timeout = 55_000 }))]);
        var taken = await TakenAsync(gateway, 100);
        Assert.All(taken, result => Assert.Equal((0, "UP"), (result.MonitorId % 2, result.Status)));
    }

    [Theory]
    [InlineData("Url", "gateway", "Kener__Agent__Url")]
    [InlineData("Key", "short", "Kener__AgentKey")]
    [InlineData("Name", "a b", "Kener__Agent__Name")]
    [InlineData("Variables", "A,B-C", "Kener__Agent__Variables")]
    [InlineData("BufferPath", "", "Kener__Agent__BufferPath")]
    public void A_wrong_setting_is_reported_with_its_name(string setting, string value, string name)
    {
        var settings = new AgentSettings { Url = "http://gateway", Key = FakeGateway.Key, Name = "a.b-c_1", BufferPath = "data", Variables = "A, B_2" };
        Assert.True(new AgentSettingsRules().Validate(null, settings).Succeeded);
        typeof(AgentSettings).GetProperty(setting)!.SetValue(settings, value);
        var result = new AgentSettingsRules().Validate(null, settings);
        Assert.StartsWith(name, Assert.Single(result.Failures!));
        if (setting == "Key") Assert.DoesNotContain(value, result.FailureMessage![name.Length..]);
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private static Task<IReadOnlyList<CheckResult>> TakenAsync(FakeGateway gateway, int count) =>
        Eventually.GetAsync(() => Task.FromResult(gateway.Taken), taken => taken.Count >= count);
}

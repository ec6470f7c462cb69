using System.Net;
using System.Text.Json;
using CsCheck;
using Kener.Contracts;
using Kener.Outbound;
using Kener.Outbound.Addresses;
using Kener.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Agent.Tests;

/// <summary>Whatever a monitor's type_data contains, that monitor gets a verdict with a reason, and every other one is checked.</summary>
public sealed class HostileDataTests : IDisposable
{
    // All addresses except 127.0.0.0/8, so that invented addresses lead nowhere outside this machine.
    private const string AllButLoopback = "0.0.0.0/2,64.0.0.0/3,96.0.0.0/4,112.0.0.0/5,120.0.0.0/6,124.0.0.0/7,126.0.0.0/8,128.0.0.0/1,::/0";
    private const int AtOnce = 10_000;
    private readonly string _folder = Given.Folder();

    [Theory]
    [InlineData("""[{"key":"\ud800","value":"v"}]""", "headers: Text must be valid Unicode")]
    [InlineData("""[{"key":"a","value":"\udfff"}]""", "headers: Text must be valid Unicode")]
    [InlineData("""[{"\ud800":"a","key":"a","value":"v"}]""", "headers: Text must be valid Unicode")]
    [InlineData("""[{"key":"a","value":"v","other":{"deep":["\ud800"]}}]""", "headers: Text must be valid Unicode")]
    [InlineData("""["\ud800"]""", "headers: Text must be valid Unicode")]
    [InlineData("""{"\ud800":1}""", "headers: Text must be valid Unicode")]
    [InlineData("""[{"key":"a\u0000","value":"v"}]""", "headers: Text must not contain the character U+0000")]
    [InlineData("""[{"key":5,"value":"v"}]""", "headers[0].key: give a text")]
    [InlineData("""[{"key":"a","value":[]}]""", "headers[0].value: give a text")]
    [InlineData("""[{"key":"a b","value":"v"}]""", "headers[0]: a header's name must consist of letters, digits and signs such as '-'")]
    public async Task JSON_within_a_text_is_validated_as_strictly_as_by_the_API(string headers, string message)
    {
        var verdict = await Given.Types().Prepare(Given.Monitor(1, data: new { url = "http://127.0.0.1:1/", headers }))(TestContext.Current.CancellationToken);
        Assert.Equal((MonitorStatus.Down, "ERROR", message), (verdict.Status, verdict.Type, verdict.Message));
    }

    [Fact]
    public async Task A_monitor_with_an_unpaired_surrogate_is_down_and_the_agent_continues()
    {
        await using var server = RawServer.Saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await using var gateway = await FakeGateway.StartAsync();
        await using var agent = await AgentHost.StartAsync(gateway.Url, _folder);
        gateway.Assign(Given.Monitor(1, data: new { url = server.Url, headers = """[{"key":"\ud800","value":"v"}]""" }), Given.Monitor(2, data: new { url = server.Url }));
        var first = await TakenAsync(gateway, 2);
        Assert.Equal(["1 DOWN ERROR headers: Text must be valid Unicode", "2 UP REALTIME "], first.Select(Told).Order());
        // The loop still runs and accepts the next assignment.
        gateway.Assign(Given.Monitor(1, version: 2, data: new { url = server.Url }), Given.Monitor(2, version: 2, data: new { url = server.Url }));
        foreach (var id in new[] { 1, 2 })
            await Eventually.GetAsync(() => Task.FromResult(gateway.Taken), taken => taken.Skip(2).LastOrDefault(result => result.MonitorId == id)?.Status == "UP");
        Assert.DoesNotContain("Error", agent.Log);
    }

    [Fact]
    public async Task Any_type_data_gets_a_verdict_and_stops_nothing()
    {
        await using var target = await TargetAsync();
        var port = new Uri(target.Urls.First()).Port;
        await using var gateway = await FakeGateway.StartAsync();
        await using var agent = await AgentHost.StartAsync(gateway.Url, _folder, add: services => services.AddSingleton<NameLookup>(LookUpAsync),
            settings: [("Kener:Outbound:Deny", AllButLoopback), ("Kener:Agent:Concurrency", "100")]);
        for (var round = 0; round < Scale.Of(AtOnce) / AtOnce; round++)
        {
            var seen = gateway.Taken.Count;
            var data = new HostileData(port);
            var monitors = Enumerable.Range(0, AtOnce).Select(_ => data.Next()).ToList();
            gateway.Assign($"round {round + 1}", Assignment(round + 1, [.. monitors, $$"""{"url":"http://127.0.0.1:{{port}}/","timeout":55000}"""]));
            var byId = await Eventually.GetAsync(() => Task.FromResult(gateway.Taken.Skip(seen).DistinctBy(result => result.MonitorId).ToDictionary(result => result.MonitorId)),
                results => results.Count > AtOnce, 900);
            Assert.Equal("UP", byId[AtOnce].Status);
            for (var i = 0; i < AtOnce; i++) Judge(byId[i], monitors[i]);
            Assert.Contains(byId.Values, result => result.Status == "UP" && result.MonitorId < AtOnce);
        }
        Assert.Equal(HttpStatusCode.OK, (await agent.Http.GetAsync("/ready", TestContext.Current.CancellationToken)).StatusCode);
        Assert.DoesNotContain("Error:", agent.Log);
    }

    [Fact]
    public async Task Any_change_of_a_types_sample_gets_a_verdict()
    {
        await using var target = await TargetAsync();
        var data = new HostileData(new Uri(target.Urls.First()).Port);
        var types = Given.Types(new OutboundSettings { Deny = AllButLoopback }, LookUpAsync);
        foreach (var type in types.Names.Select(name => MonitorTypes.Find(name)!))
        {
            var sample = JsonElement.Parse(type.Sample);
            var changed = Enumerable.Range(0, Scale.Of(1_000)).Select(_ => data.Changed(sample)).ToList();
            await Parallel.ForEachAsync(changed, new ParallelOptions { MaxDegreeOfParallelism = 50 }, async (json, cancel) =>
            {
                var check = types.Prepare(new AssignedMonitor(1, "m", 1, type.Name, "* * * * *", JsonElement.Parse(json)));
                Judge((await check(cancel)).For(1, 60), $"{type.Name} {json}");
            });
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Checks a result by the rules of POST /api/agent/v1/results. Its status must be one that an HTTP check can return.</summary>
    private static void Judge(CheckResult result, string data)
    {
        Assert.True(result.Status is "UP" or "DOWN", $"{result} {data}");
        Assert.True(result.Type is "REALTIME" or "TIMEOUT" or "ERROR", $"{result} {data}");
        Assert.True(double.IsFinite(result.Latency) && result.Latency >= 0, $"{result} {data}");
        Assert.True(result.Status == "UP" ? result is { Type: "REALTIME", Message: null } : result.Message is { Length: > 0 and <= 500 }, $"{result} {data}");
        Assert.False(result.Message?.Contains("inside the agent", StringComparison.Ordinal) is true, $"{result} {data}");
    }

    private static string Assignment(int round, IReadOnlyList<string> monitors) => $$"""
        {"version":"round {{round}}","monitors":[{{string.Join(',', monitors.Select((data, i) =>
            $$"""{"id":{{i}},"tag":"m{{i}}","version":{{round}},"type":"API","cron":"* * * * *","type_data":{{data}}}"""))}}]}
        """;

    /// <summary>Resolves each name to one of many addresses of this machine, so that none runs out of ports; some names are unknown.</summary>
    private static Task<IPAddress[]> LookUpAsync(string name, CancellationToken cancel) => name.Contains("unknown", StringComparison.OrdinalIgnoreCase)
        ? throw new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.HostNotFound)
        : Task.FromResult<IPAddress[]>([new IPAddress([127, 0, (byte)(name.Length % 100), (byte)(1 + (Random.Shared.Next() % 200))])]);

    private static async Task<WebApplication> TargetAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://0.0.0.0:0");
        var app = builder.Build();
        app.Run(context => context.Response.WriteAsync("ok"));
        await app.StartAsync();
        return app;
    }

    private static string Told(CheckResult result) => $"{result.MonitorId} {result.Status} {result.Type} {result.Message}";

    private static Task<IReadOnlyList<CheckResult>> TakenAsync(FakeGateway gateway, int count) =>
        Eventually.GetAsync(() => Task.FromResult(gateway.Taken), taken => taken.Count >= count);
}

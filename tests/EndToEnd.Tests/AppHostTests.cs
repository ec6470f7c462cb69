using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Kener.TestKit;

namespace Kener.EndToEnd.Tests;

/// <summary>The distributed hosting as its operator meets it: start, table, deaths and comebacks, the end.</summary>
public sealed partial class AppHostTests(Hostings hostings)
{
    private static readonly string[] Parts = ["agent", "gateway", "status", "monitors", "incidents", "accounts", "messaging", "cache", "postgres"];

    [Fact]
    public async Task From_the_first_start_to_the_end_nothing_is_lost_and_nothing_is_left()
    {
        await using var kener = await KenerProcess.StartAsync([], Hosting.Distributed);
        Assert.Equal(Parts, Ports(kener.Output).Keys);
        var key = FirstKey().Matches(kener.Output).Select(match => match.Value).Distinct().Single();
        using var api = kener.Client(key);
        await api.CreateMonitorAsync("web");
        await api.OpenIncidentAsync("It survives", Calls.Minute, ("web", "DOWN"));
        await kener.Visitor.SeesAsync("/", html => html.Contains("It survives"));

        // Killed, it can clean up nothing itself.
        var (before, ports) = (Tree.Below(kener.ProcessId), Ports(kener.Output).Values);
        Assert.True(before.Count >= Parts.Length);
        await kener.KillAsync();
        await Eventually.TrueAsync(() => Task.FromResult(before.TrueForAll(Tree.IsGone) && ports.All(IsClosed)), 60);

        await kener.StartAgainAsync();
        Assert.DoesNotMatch(FirstKey(), kener.OutputSinceLaunch);
        await kener.Visitor.SeesAsync("/", html => html.Contains("It survives"));
        await api.SendAsync(HttpMethod.Get, "/api/v4/incidents");

        (before, ports) = (Tree.Below(kener.ProcessId), Ports(kener.OutputSinceLaunch).Values);
        Assert.Equal(0, await kener.TerminateAsync("INT"));
        Assert.All(before, process => Assert.True(Tree.IsGone(process), $"{process} is left"));
        Assert.All(ports, port => Assert.True(IsClosed(port), $"port {port} is open"));
        Assert.False(File.Exists(Path.Combine(kener.DataPath, "processes")));
        Assert.DoesNotContain("Unhandled exception", kener.Output);
    }

    [Fact]
    public async Task What_is_killed_comes_back_at_its_place()
    {
        const string program = "Kener.Gateway.dll", name = "gateway";
        var kener = await hostings.SharedAsync(Hosting.Distributed);
        var killed = Tree.Find(kener.ProcessId, program);
        Tree.Kill(killed);
        await Eventually.TrueAsync(() => Task.FromResult(Tree.IsGone(killed) && kener.Output.Contains($"{name,-12} | ended with code 137", StringComparison.Ordinal)), 60);
        await Eventually.TrueAsync(async () => !IsClosed(Ports(kener.Output)[name]) && await kener.IsWellAsync(), 180);
        await kener.Api.SendAsync(HttpMethod.Get, "/api/v4/incidents");
    }

    [Fact]
    public async Task A_service_s_own_port_answers_nobody_without_the_gateway_s_token()
    {
        var kener = await hostings.SharedAsync(Hosting.Distributed);
        foreach (var (service, path) in new[] { ("incidents", "/api/v4/incidents"), ("monitors", "/api/v4/monitors"), ("accounts", "/api/v5/api-keys") })
        {
            // The API key is for the gateway; here it is worth no more than none.
            foreach (var client in new[] { kener.Visitor, kener.Api })
            {
                using var answer = await client.GetAsync($"http://127.0.0.1:{Ports(kener.Output)[service]}{path}", TestContext.Current.CancellationToken);
                Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            }
        }
    }

    [Fact]
    public async Task All_listen_on_this_machine_only()
    {
        var kener = await hostings.SharedAsync(Hosting.Distributed);
        var own = Tree.Below(kener.ProcessId).SelectMany(Tree.SocketsOf).ToHashSet();
        var open = Tree.Listening().Where(listener => own.Contains(listener.Socket)).ToList();
        Assert.True(open.Count >= Parts.Length);
        Assert.All(open, listener => Assert.True(IPAddress.IsLoopback(listener.At.Address), $"{listener.At} is open to others"));
    }

    [Fact]
    public async Task A_missing_server_is_named_with_the_way_to_get_it()
    {
        await using var kener = KenerProcess.Prepare(new() { ["Kener__RabbitMqBin"] = "/nowhere", ["Kener__RedisBin"] = "/nowhere" }, Hosting.Distributed);
        kener.Launch();
        Assert.Equal(1, await kener.ExitCodeAsync());
        Assert.Contains("Redis and RabbitMQ can not be found", kener.Output, StringComparison.Ordinal);
        Assert.Contains("apt-get install --no-install-recommends redis-server rabbitmq-server", kener.Output, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings__cache, ConnectionStrings__messaging", kener.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", kener.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Kener__BootstrapApiKey", "too-short", "Kener__BootstrapApiKey is shorter than 32 characters")]
    [InlineData("Kener__Replicas", "0", "Kener__Replicas a number from 1 to 9")]
    public async Task A_wrong_setting_stops_all_with_its_name_and_the_reason(string setting, string value, string told)
    {
        await using var kener = KenerProcess.Prepare(new() { [setting] = value }, Hosting.Distributed);
        kener.Launch();
        Assert.Equal(1, await kener.ExitCodeAsync());
        Assert.Contains(told, kener.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", kener.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("too-short", kener.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_do_not_share_a_folder()
    {
        var kener = await hostings.SharedAsync(Hosting.Distributed);
        await using var second = KenerProcess.Prepare(new() { ["Kener__DataPath"] = kener.DataPath }, Hosting.Distributed);
        second.Launch();
        Assert.Equal(1, await second.ExitCodeAsync());
        Assert.Contains(kener.DataPath, second.Output, StringComparison.Ordinal);
    }

    /// <summary>The table that it shows when all is up: name → port.</summary>
    internal static Dictionary<string, int> Ports(string output) => Row().Matches(output[output.LastIndexOf("All is up", StringComparison.Ordinal)..])
        .ToDictionary(row => row.Groups[1].Value, row => int.Parse(row.Groups[2].Value, CultureInfo.InvariantCulture));

    private static bool IsClosed(int port)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect(IPAddress.Loopback, port);
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    [GeneratedRegex(@"^  ([a-z]+(?:-[0-9])?) +(?:http://)?[\d.a-z]+:(\d+)", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Row();

    [GeneratedRegex("kener_[0-9a-f]{64}", RegexOptions.NonBacktracking)]
    private static partial Regex FirstKey();
}

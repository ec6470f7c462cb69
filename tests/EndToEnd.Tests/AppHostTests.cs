using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kener.TestKit;
using Npgsql;

namespace Kener.EndToEnd.Tests;

/// <summary>The distributed hosting as its operator sees it: startup, startup report, crashes and restarts, shutdown.</summary>
[Collection(Hostings.Shared)]
public sealed partial class AppHostTests(Hostings hostings)
{
    private static readonly string[] Parts = ["agent", "gateway", "status", "monitors", "incidents", "accounts", "messaging", "cache", "postgres"];

    [Fact]
    public async Task Data_survives_a_kill_and_a_stop_leaves_no_process_and_no_open_port()
    {
        await using var kener = await KenerProcess.StartAsync([], Hosting.Distributed);
        Assert.Equal(Parts, Ports(kener.Output).Keys);
        Assert.DoesNotMatch(FirstKey(), kener.Output);
        Assert.Contains(kener.FirstKeyFile, kener.Output, StringComparison.Ordinal);
        using var api = kener.Client(kener.FirstKey());
        await api.CreateMonitorAsync("web");
        await api.OpenIncidentAsync("It survives", Calls.Minute, ("web", "DOWN"));
        await kener.Visitor.SeesAsync("/", html => html.Contains("It survives"));

        // A killed app host cannot clean up: its processes must end by themselves.
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
        Assert.All(ports, port => Assert.True(IsClosed(port), $"port {port} is open"));
        // Aspire's orchestrator ends a little after the app host.
        await Eventually.TrueAsync(() => Task.FromResult(before.TrueForAll(Tree.IsGone)), 60);
        Assert.DoesNotContain("Unhandled exception", kener.Output);
    }

    [Fact, System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Each_service_role_can_open_only_its_own_database_and_the_agent_has_no_secret_but_its_key()
    {
        var kener = await hostings.SharedAsync(Hosting.Distributed);
        var secrets = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(kener.DataPath, "secrets.json"), TestContext.Current.CancellationToken))!.AsObject();
        string[] names = ["accountdb", "incidentdb", "monitordb", "statusdb"];
        foreach (var (service, database) in new[] { ("Accounts", "accountdb"), ("Incidents", "incidentdb"), ("Monitors", "monitordb"), ("Status", "statusdb") })
        {
            var environment = EnvironmentOf(kener, service);
            var given = environment[$"ConnectionStrings__{database}"];
            Assert.Equal([database], names.Where(name => environment.ContainsKey($"ConnectionStrings__{name}")));
            Assert.DoesNotContain(secrets["postgres-password"]!.GetValue<string>(), string.Concat(environment.Values), StringComparison.Ordinal);
            foreach (var name in names.Append("postgres"))
            {
                await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(given) { Database = name, Pooling = false }.ToString());
                if (name == database) await connection.OpenAsync(TestContext.Current.CancellationToken);
                else Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync(TestContext.Current.CancellationToken))).SqlState);
            }
        }

        var agent = EnvironmentOf(kener, "Agent");
        Assert.DoesNotContain(agent.Keys, key => key.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase) || key.Equals("Kener__InternalKey", StringComparison.OrdinalIgnoreCase));
        Assert.All(secrets.Where(secret => secret.Key != "agent-key"), secret => Assert.DoesNotContain(secret.Value!.GetValue<string>(), string.Concat(agent.Values), StringComparison.Ordinal));
        Assert.Equal(agent["Kener__AgentKey"], secrets["agent-key"]!.GetValue<string>());
        Assert.Equal("700", Convert.ToString((int)File.GetUnixFileMode(agent["Kener__Agent__BufferPath"]), 8));

        // The agent still runs checks.
        await using var server = RawServer.Saying("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        var tag = "web-" + Guid.NewGuid().ToString("N");
        await kener.Api.SendAsync(HttpMethod.Post, "/api/v4/monitors",
            new { tag, name = tag, monitor_type = "API", cron = "* * * * *", type_data = new { url = server.Url, timeout = 30_000 } }, 201);
        await Eventually.TrueAsync(() => Task.FromResult(server.Requests.Count > 0), 180);
        await kener.Api.SendAsync(HttpMethod.Delete, $"/api/v4/monitors/{tag}");
    }

    private static Dictionary<string, string> EnvironmentOf(KenerProcess kener, string service) =>
        Tree.EnvironmentOf(Tree.Find(kener.ProcessId, $"Kener.{service}.dll")).ToDictionary(variable => variable.Name, variable => variable.Value);

    [Fact]
    public async Task An_address_in_use_stops_the_start_with_one_line_before_any_process_starts()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        await using var kener = KenerProcess.Prepare(new() { ["Kener__Url"] = $"http://{address}" }, Hosting.Distributed);
        kener.Launch();
        Assert.Equal(1, await kener.ExitCodeAsync());
        Assert.Equal($"Kener cannot start: {address} is in use by another process. Stop that process, or set Kener__Url to another address.", kener.Output.Trim());
    }

    [Fact]
    public async Task A_killed_process_is_restarted_on_the_same_port()
    {
        const string program = "Kener.Gateway.dll", name = "gateway";
        var kener = await hostings.SharedAsync(Hosting.Distributed);
        var killed = Tree.Find(kener.ProcessId, program);
        Tree.Kill(killed);
        await Eventually.TrueAsync(() => Task.FromResult(Tree.IsGone(killed) && kener.Output.Contains($"{name,-12} | was ended by a signal", StringComparison.Ordinal)));
        await Eventually.TrueAsync(async () => !IsClosed(Ports(kener.Output)[name]) && await kener.IsWellAsync(), 180);
        await kener.Api.SendAsync(HttpMethod.Get, "/api/v4/incidents");
    }

    [Fact]
    public async Task A_service_port_rejects_requests_without_a_token_of_the_gateway()
    {
        var kener = await hostings.SharedAsync(Hosting.Distributed);
        foreach (var (service, path) in new[] { ("incidents", "/api/v4/incidents"), ("monitors", "/api/v4/monitors"), ("accounts", "/api/v5/api-keys") })
        {
            // Services accept no API keys: only the gateway does.
            foreach (var client in new[] { kener.Visitor, kener.Api })
            {
                using var answer = await client.GetAsync($"http://127.0.0.1:{Ports(kener.Output)[service]}{path}", TestContext.Current.CancellationToken);
                Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            }
        }
    }

    [Fact]
    public async Task All_processes_listen_on_loopback_only()
    {
        var kener = await hostings.SharedAsync(Hosting.Distributed);
        var own = Tree.Below(kener.ProcessId).SelectMany(Tree.SocketsOf).ToHashSet();
        var open = Tree.Listening().Where(listener => own.Contains(listener.Socket)).ToList();
        Assert.True(open.Count >= Parts.Length);
        Assert.All(open, listener => Assert.True(IPAddress.IsLoopback(listener.At.Address), $"{listener.At} is not a loopback address"));
    }

    [Fact]
    public async Task A_missing_server_is_named_with_the_command_that_installs_it()
    {
        await using var kener = KenerProcess.Prepare(new() { ["Kener__RabbitMqBin"] = "/nowhere", ["Kener__RedisBin"] = "/nowhere" }, Hosting.Distributed);
        kener.Launch();
        Assert.Equal(1, await kener.ExitCodeAsync());
        Assert.Contains("Redis and RabbitMQ cannot be found", kener.Output, StringComparison.Ordinal);
        Assert.Contains("apt-get install --no-install-recommends redis-server rabbitmq-server", kener.Output, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings__cache, ConnectionStrings__messaging", kener.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", kener.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Kener__BootstrapApiKey", "too-short", "Kener__BootstrapApiKey is shorter than 32 characters")]
    [InlineData("Kener__Replicas", "0", "Kener__Replicas must be a number from 1 to 9")]
    [InlineData("Kener__Servers", "cloud", "Kener__Servers is 'cloud'")]
    public async Task A_wrong_setting_stops_the_start_with_its_name_and_the_reason(string setting, string value, string told)
    {
        await using var kener = KenerProcess.Prepare(new() { [setting] = value }, Hosting.Distributed);
        kener.Launch();
        Assert.Equal(1, await kener.ExitCodeAsync());
        Assert.Contains(told, kener.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", kener.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("too-short", kener.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_server_kind_of_an_existing_data_folder_cannot_be_changed()
    {
        await using var kener = KenerProcess.Prepare(new() { ["Kener__Servers"] = "container" }, Hosting.Distributed);
        Directory.CreateDirectory(kener.DataPath);
        await File.WriteAllTextAsync(Path.Combine(kener.DataPath, "servers.json"), """{"postgres":"native"}""", TestContext.Current.CancellationToken);
        kener.Launch();
        Assert.Equal(1, await kener.ExitCodeAsync());
        Assert.Contains("was made by a server of the kind 'native'", kener.Output, StringComparison.Ordinal);
        Assert.Contains("load the dump there", kener.Output, StringComparison.Ordinal);
        Assert.Equal("""{"postgres":"native"}""", await File.ReadAllTextAsync(Path.Combine(kener.DataPath, "servers.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Two_installations_cannot_share_a_data_folder()
    {
        var kener = await hostings.SharedAsync(Hosting.Distributed);
        await using var second = KenerProcess.Prepare(new() { ["Kener__DataPath"] = kener.DataPath }, Hosting.Distributed);
        second.Launch();
        Assert.Equal(1, await second.ExitCodeAsync());
        Assert.Contains(kener.DataPath, second.Output, StringComparison.Ordinal);
    }

    /// <summary>Returns the ports in the startup report's table, by name.</summary>
    internal static Dictionary<string, int> Ports(string output) => Row().Matches(output[output.LastIndexOf("Everything is up", StringComparison.Ordinal)..])
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

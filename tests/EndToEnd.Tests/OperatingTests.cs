using System.Data.Common;
using System.Net;
using Kener.TestKit;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Kener.EndToEnd.Tests;

/// <summary>Starting, stopping and configuring Kener, when it works and when it does not.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class OperatingTests
{
    [Theory]
    [InlineData(Hosting.Embedded)]
    [InlineData(Hosting.Built)]
    public async Task It_ends_cleanly_on_SIGTERM_and_starts_again(Hosting hosting)
    {
        await using var kener = await KenerProcess.StartAsync(hosting: hosting);
        Assert.Equal(0, await kener.TerminateAsync());
        await kener.StartAgainAsync();
        Assert.DoesNotContain("Unhandled exception", kener.Output);
    }

    [Fact]
    public async Task It_ends_cleanly_on_SIGTERM_while_it_starts()
    {
        await using var kener = KenerProcess.Prepare([]);
        kener.Launch();
        await Eventually.TrueAsync(() => Task.FromResult(File.Exists(Path.Combine(kener.DataPath, "accounts.db"))));
        Assert.Equal(0, await kener.TerminateAsync());
        Assert.DoesNotContain("Unhandled exception", kener.Output);
    }

    [Fact]
    public async Task The_first_start_without_a_key_and_without_a_terminal_writes_one_to_a_file_and_the_second_does_not()
    {
        await using var kener = await KenerProcess.StartAsync([]);
        var (file, key) = (kener.FirstKeyFile, kener.FirstKey());
        Assert.Contains(file, kener.Output);
        Assert.Empty(Keys(kener.Output));
        using (var api = kener.Client(key)) await api.SendAsync(HttpMethod.Get, "/api/v4/incidents");
        await kener.TerminateAsync();
        File.Delete(file);
        await kener.StartAgainAsync();
        Assert.Empty(Keys(kener.Output));
        Assert.False(File.Exists(file));
        using var again = kener.Client(key);
        await again.SendAsync(HttpMethod.Get, "/api/v4/incidents");
    }

    [Fact]
    public async Task Files_with_secrets_are_closed_to_other_users_even_in_an_existing_folder_that_is_open()
    {
        await using var kener = KenerProcess.Prepare([]);
        Directory.CreateDirectory(kener.DataPath);
        File.SetUnixFileMode(kener.DataPath, (UnixFileMode)0b111_101_101);
        await kener.StartAgainAsync();
        var files = Directory.GetFiles(kener.DataPath, "*", SearchOption.AllDirectories);
        Assert.Contains(files, file => file.EndsWith("monitors.db-wal", StringComparison.Ordinal));
        foreach (var file in files) Assert.Equal($"{file} 600", $"{file} {Convert.ToString((int)File.GetUnixFileMode(file), 8)}");
        Assert.Equal("700", Convert.ToString((int)File.GetUnixFileMode(Path.Combine(kener.DataPath, "agent")), 8));
    }

    [Theory]
    [InlineData("Kener__Url", "http://127.0.0.1:{taken}", "http://127.0.0.1:{taken} is in use by another process. Stop that process, or set Kener__Url.")]
    [InlineData("Kener__Url", "nonsense", "Kener__Url is 'nonsense': give an address such as http://localhost:8080")]
    [InlineData("Kener__Url", "ftp://127.0.0.1:8080", "Kener__Url is 'ftp://127.0.0.1:8080'")]
    [InlineData("Kener__Url", "http://127.0.0.1:99999", "Kener__Url is 'http://127.0.0.1:99999'")]
    [InlineData("Kener__Url", "http://192.0.2.1:8080", "http://192.0.2.1:8080 is not an address of this machine. Set Kener__Url.")]
    [InlineData("Kener__Url", "https://127.0.0.1:{free}", "needs a certificate. Set Kestrel__Certificates__Default__Path, or set Kener__Url to an http address.")]
    [InlineData("Kestrel__Certificates__Default__Path", "/nowhere/certificate.pem", "The certificate of Kestrel__Certificates__Default__Path cannot be read")]
    [InlineData("Kestrel__Certificates__Default__Path", "/etc/hostname", "The certificate of Kestrel__Certificates__Default__Path cannot be used")]
    [InlineData("Kener__DataPath", "/proc/kener", "Kener__DataPath: the folder '/proc/kener' cannot be written")]
    [InlineData("Kener__Agent__BufferPath", "/proc/kener", "set Kener__Agent__BufferPath to another folder")]
    public async Task A_problem_that_an_operator_can_fix_stops_the_start_with_one_line(string name, string value, string words)
    {
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string Ported(string text) => text.Replace("{taken}", $"{((IPEndPoint)taken.LocalEndpoint).Port}").Replace("{free}", $"{LocalPort.Free()}");
        // Not in the data folder, which may be the one that cannot be written: only one setting is to be wrong.
        var buffer = Directory.CreateTempSubdirectory("kener-e2e-agent-");
        Dictionary<string, string?> settings = new() { ["Kener__BootstrapApiKey"] = KenerProcess.Key, ["Kener__Agent__BufferPath"] = buffer.FullName };
        if (name.StartsWith("Kestrel", StringComparison.Ordinal)) settings["Kener__Url"] = $"https://127.0.0.1:{LocalPort.Free()}";
        settings[name] = Ported(value);
        await using var kener = KenerProcess.Prepare(settings);
        kener.Launch();
        Assert.Equal(1, await kener.ExitCodeAsync());
        var line = Assert.Single(kener.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("Kener cannot start: ", line, StringComparison.Ordinal);
        Assert.Contains(words.StartsWith("http", StringComparison.Ordinal) ? Ported(words) : words, line, StringComparison.Ordinal);
        buffer.Delete(recursive: true);
    }

    [Theory]
    [InlineData("Sqlite")]
    [InlineData("PostgreSQL")]
    public async Task A_database_from_before_the_first_release_stops_the_start_with_one_line_that_says_what_to_do(string database)
    {
        var (connection, drop) = await PostgresDatabase.CreateAsync();
        Dictionary<string, string?> settings = new() { ["Kener__Database"] = database };
        foreach (var name in new[] { "accountdb", "incidentdb", "monitordb", "statusdb" }) settings[$"ConnectionStrings__{name}"] = connection;
        await using var kener = KenerProcess.Prepare(settings);
        Directory.CreateDirectory(kener.DataPath);
        await using (DbConnection old = database == "Sqlite" ? new SqliteConnection($"Data Source={kener.DataPath}/incidents.db;Pooling=False") : new NpgsqlConnection(connection))
            await OldDatabase.MakeAsync(old);
        NpgsqlConnection.ClearAllPools();
        kener.Launch();
        Assert.Equal(1, await kener.ExitCodeAsync());
        var line = Assert.Single(kener.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("Kener cannot start: The database '", line, StringComparison.Ordinal);
        Assert.Contains(database == "Sqlite" ? "incidents.db" : new NpgsqlConnectionStringBuilder(connection).Database!, line, StringComparison.Ordinal);
        Assert.Contains("was created by a build before 0.1.0, which this build cannot upgrade. Start with an empty database, or run the build that created it", line, StringComparison.Ordinal);
        await drop();
    }

    [Theory]
    [InlineData("Kener__BootstrapApiKey", "too-short")]
    [InlineData("Kener__SiteUrl", "not an address")]
    [InlineData("Kener__AgentKey", "too-short")]
    [InlineData("Kener__Agent__Url", "not an address")]
    [InlineData("Kener__Outbound__Deny", "10.0.0.0/40")]
    public async Task A_wrong_setting_stops_the_start_with_its_name_and_the_reason(string name, string value)
    {
        await using var kener = KenerProcess.Prepare(new() { [name] = value });
        kener.Launch();
        Assert.NotEqual(0, await kener.ExitCodeAsync());
        Assert.Contains(name, kener.Output);
        Assert.DoesNotContain("   at ", kener.Output);
    }

    [Fact]
    public async Task Two_processes_cannot_share_a_data_folder()
    {
        await using var kener = await KenerProcess.StartAsync();
        await using var second = KenerProcess.Prepare(new() { ["Kener__DataPath"] = kener.DataPath });
        second.Launch();
        Assert.NotEqual(0, await second.ExitCodeAsync());
        Assert.Contains(kener.DataPath, second.Output);
    }

    [Fact]
    public async Task A_lost_status_database_is_filled_again_from_the_other_services()
    {
        await using var kener = await KenerProcess.StartAsync();
        await kener.Api.CreateMonitorAsync("web");
        await kener.Api.RecordAsync("web", Calls.Minute - 86_400, "DEGRADED", 30);
        await kener.Api.RecordAsync("web", Calls.Minute, "UP", 30);
        var gone = await kener.Api.OpenIncidentAsync("Never mind", Calls.Minute, ("web", "DOWN"));
        await kener.Api.SendAsync(HttpMethod.Delete, $"/api/v4/incidents/{gone}");
        var known = await kener.Api.OpenIncidentAsync("Still known", Calls.Minute - 600, ("web", "DEGRADED"));
        await kener.Api.PostUpdateAsync(known, "RESOLVED", "It is over", Calls.Minute - 300);
        var before = await kener.Visitor.SeesAsync("/", html => html.Contains("It is over") && html.Contains("All Systems Operational"));
        await kener.TerminateAsync();
        foreach (var file in Directory.GetFiles(kener.DataPath, "status.db*")) File.Delete(file);
        await kener.StartAgainAsync();
        await kener.Visitor.SeesAsync("/", html => html == before);
    }

    [Fact]
    public async Task Health_is_reported_at_four_paths()
    {
        await using var kener = await KenerProcess.StartAsync();
        // A page is served before the warm-up is complete.
        await Eventually.TrueAsync(() => kener.IsWellAsync());
        foreach (var path in new[] { "/health", "/ready", "/alive", "/healthcheck" })
        {
            using var answer = await kener.Visitor.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        Assert.Contains("\"status\":\"ok\"", await kener.Visitor.GetStringAsync("/healthcheck?strict=1", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task API_keys_are_neither_in_the_log_nor_in_the_data()
    {
        await using var kener = await KenerProcess.StartAsync();
        await kener.Api.SendAsync(HttpMethod.Get, "/api/v4/incidents");
        using var wrong = kener.Client("a-wrong-key-that-somebody-mistyped-0123456789");
        using (await wrong.GetAsync("/api/v4/incidents", TestContext.Current.CancellationToken)) { }
        await kener.TerminateAsync();
        Assert.DoesNotContain(KenerProcess.Key, kener.Output);
        Assert.DoesNotContain("a-wrong-key-that-somebody-mistyped", kener.Output);
        foreach (var file in Directory.GetFiles(kener.DataPath))
            Assert.DoesNotContain(KenerProcess.Key, System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)));
    }

    private static List<string> Keys(string output) => [.. output.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)
        .Where(word => word.StartsWith("kener_", StringComparison.Ordinal) && word.Length == 70).Distinct()];
}

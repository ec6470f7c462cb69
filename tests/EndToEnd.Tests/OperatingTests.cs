using System.Diagnostics;
using System.Net;
using Kener.TestKit;

namespace Kener.EndToEnd.Tests;

/// <summary>What an operator meets before and after the happy path.</summary>
public sealed class OperatingTests
{
    [Theory]
    [InlineData(Hosting.Embedded, 10)]
    [InlineData(Hosting.Published, 6)]
    public async Task It_starts_in_time_and_ends_cleanly_on_sigterm(Hosting hosting, double seconds)
    {
        var watch = Stopwatch.StartNew();
        await using var kener = await KenerProcess.StartAsync(hosting: hosting);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, seconds);
        Assert.Equal(0, await kener.TerminateAsync());
        await kener.StartAgainAsync();
        Assert.DoesNotContain("Unhandled exception", kener.Output);
    }

    [Fact]
    public async Task Told_to_end_while_it_starts_it_ends_cleanly()
    {
        await using var kener = KenerProcess.Prepare([]);
        kener.Launch();
        await Eventually.TrueAsync(() => Task.FromResult(File.Exists(Path.Combine(kener.DataPath, "accounts.db"))));
        Assert.Equal(0, await kener.TerminateAsync());
        Assert.DoesNotContain("Unhandled exception", kener.Output);
    }

    [Fact]
    public async Task The_first_start_without_a_key_prints_one_that_works_and_the_second_does_not()
    {
        await using var kener = await KenerProcess.StartAsync([]);
        var key = Keys(kener.Output).Single();
        using (var api = kener.Client(key)) await api.SendAsync(HttpMethod.Get, "/api/v4/incidents");
        await kener.TerminateAsync();
        await kener.StartAgainAsync();
        Assert.Equal([key], Keys(kener.Output));
        using var again = kener.Client(key);
        await again.SendAsync(HttpMethod.Get, "/api/v4/incidents");
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
    public async Task Two_processes_do_not_share_a_folder()
    {
        await using var kener = await KenerProcess.StartAsync();
        await using var second = KenerProcess.Prepare(new() { ["Kener__DataPath"] = kener.DataPath });
        second.Launch();
        Assert.NotEqual(0, await second.ExitCodeAsync());
        Assert.Contains(kener.DataPath, second.Output);
    }

    [Fact]
    public async Task A_lost_status_database_fills_itself_again_from_the_others()
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
        await kener.Visitor.SeesAsync("/", html => html == before, 10);
    }

    [Fact]
    public async Task Health_is_told_at_four_places()
    {
        await using var kener = await KenerProcess.StartAsync();
        // There is a page before everything is warm.
        await Eventually.TrueAsync(() => kener.IsWellAsync());
        foreach (var path in new[] { "/health", "/ready", "/alive", "/healthcheck" })
        {
            using var answer = await kener.Visitor.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        Assert.Contains("\"status\":\"ok\"", await kener.Visitor.GetStringAsync("/healthcheck?strict=1", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_secret_is_neither_in_the_log_nor_in_the_data()
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

using Kener.TestKit;

namespace Kener.EndToEnd.Tests;

/// <summary>
/// The distributed hosting under load (see <see cref="Load"/>) while its processes are killed, halted or kept away. The page is served the
/// whole time, except while the only gateway itself is down.
/// </summary>
[Collection(Hostings.Shared)]
public sealed class ChaosTests(Hostings hostings)
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static readonly TimeSpan Halt = TimeSpan.FromSeconds(Scale.Of(2)), Away = TimeSpan.FromSeconds(Scale.Of(30));

    private static readonly string[] Each =
        ["Kener.Incidents.dll", "Kener.Monitors.dll", "Kener.Status.dll", "Kener.Accounts.dll", "redis-server", "beam.smp", "postgres -D", "Kener.Gateway.dll"];

    private static readonly string[][] Pairs =
    [
        ["Kener.Incidents.dll", "beam.smp"], ["Kener.Status.dll", "redis-server"], ["Kener.Monitors.dll", "Kener.Status.dll"], ["beam.smp", "postgres -D"],
        ["Kener.Gateway.dll", "redis-server"],
    ];

    /// <summary>The programs that are killed together, each by a part of its command. Kener must be healthy again before the next kill.</summary>
    private static string[][] Kills => [.. Each.Select(one => new[] { one }), .. Scale.IsFull ? Pairs : []];

    [Fact]
    public async Task Every_acknowledged_change_is_stored_once_whatever_process_is_killed_or_halted()
    {
        var kener = (await hostings.EmptyAsync(Hosting.Distributed)).Process;
        var load = await Load.StartAsync(kener, kener.Visitor);
        foreach (var kill in Kills) await KillAsync(kener, kill, load.Pages);
        foreach (var program in Each) await HaltAsync(kener, program);
        await load.EndAsync(kener.Visitor);
    }

    [Fact]
    public async Task No_minute_is_missing_after_the_monitors_service_was_down()
    {
        var kener = (await hostings.EmptyAsync(Hosting.Distributed)).Process;
        await using var server = RawServer.Saying(Ok);
        // Enough tags to be spread over the minute, so that some are checked at any moment.
        var tags = Enumerable.Range(0, 30).Select(i => $"seen-{i}").ToList();
        foreach (var tag in tags)
            await kener.Api.SendAsync(HttpMethod.Post, "/api/v4/monitors", new { tag, name = tag, monitor_type = "API", cron = "* * * * *", type_data = new { url = server.Url, timeout = 20_000 } }, 201);
        foreach (var tag in tags) await Eventually.TrueAsync(async () => (await MinutesAsync(tag)).Count > 0);
        var before = (Checks: server.Requests.Count, At: Calls.Minute);

        var back = DateTimeOffset.UtcNow + Away;
        while (DateTimeOffset.UtcNow < back || server.Requests.Count < before.Checks + 10)
        {
            // It is restarted each time.
            foreach (var monitors in Tree.All(kener.ProcessId, "Kener.Monitors.dll")) Tree.Kill(monitors);
            await Task.Delay(200, TestContext.Current.CancellationToken);
        }
        var missed = server.Requests.Count - before.Checks;
        await Eventually.TrueAsync(() => kener.IsWellAsync("Kener.Monitors.dll"), 180);
        var last = Calls.Minute;
        foreach (var tag in tags)
        {
            // Every minute from the monitor's first to the one before the service's return is stored, once.
            var minutes = await Eventually.GetAsync(() => MinutesAsync(tag), known => known[^1] >= last - 60);
            Assert.Equal(Enumerable.Range(0, minutes.Count).Select(i => minutes[0] + (60L * i)), minutes);
        }
        Assert.True(missed >= 10);

        async Task<List<long>> MinutesAsync(string tag) =>
            [.. (await kener.Api.SendAsync(HttpMethod.Get, $"/api/v4/monitors/{tag}/data?start_ts={Calls.Minute - 1800}&end_ts={Calls.Minute + 60}"))["data"]!.AsArray().Select(sample => sample!["timestamp"]!.GetValue<long>())];
    }

    private static async Task KillAsync(KenerProcess kener, string[] programs, Load.Visits pages)
    {
        var isGateway = programs.Contains("Kener.Gateway.dll");
        if (isGateway) pages.MayBeMissing = true;
        var killed = programs.Select(program => Tree.Find(kener.ProcessId, program)).ToList();
        foreach (var one in killed) Tree.Kill(one);
        await Eventually.TrueAsync(() => Task.FromResult(killed.TrueForAll(Tree.IsGone)));
        await Eventually.TrueAsync(() => kener.IsWellAsync(programs), 180);
        if (isGateway) pages.MayBeMissing = false;
    }

    /// <summary>Halts all processes of the program for a while, with every connection open, then continues them.</summary>
    private static async Task HaltAsync(KenerProcess kener, string program)
    {
        var halted = Tree.All(kener.ProcessId, program.Split(' ')[0]);
        Assert.NotEmpty(halted);
        foreach (var one in halted) await Tree.SignalAsync(one.Id, "STOP");
        await Task.Delay(Halt);
        foreach (var one in halted) await Tree.SignalAsync(one.Id, "CONT");
        await Eventually.TrueAsync(() => kener.IsWellAsync(program));
    }
}

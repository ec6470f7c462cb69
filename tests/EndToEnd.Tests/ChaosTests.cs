using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using Kener.TestKit;

namespace Kener.EndToEnd.Tests;

/// <summary>
/// The distributed hosting while its parts die under load: every change that got a 2xx is on the page in the end, none twice, and the counts
/// are exact; the page is served the whole time, save while the only gateway is away itself.
/// </summary>
public sealed class ChaosTests(Hostings hostings)
{
    private const int Monitors = 4, MinutesAReport = 10;
    private static readonly int Days = Scale.Of(2), Changes = Scale.Of(200);

    private static readonly string[][] Each =
    [
        ["Kener.Incidents.dll"], ["Kener.Monitors.dll"], ["Kener.Status.dll"], ["Kener.Accounts.dll"], ["redis-server"], ["beam.smp"], ["postgres -D"],
        ["Kener.Gateway.dll"],
    ];

    private static readonly string[][] Pairs =
    [
        ["Kener.Incidents.dll", "beam.smp"], ["Kener.Status.dll", "redis-server"], ["Kener.Monitors.dll", "Kener.Status.dll"], ["beam.smp", "postgres -D"],
        ["Kener.Gateway.dll", "redis-server"],
    ];

    /// <summary>What is killed together, by a word of its command; then Kener has to be well again before the next.</summary>
    private static string[][] Kills => Scale.IsFull ? [.. Each, .. Pairs] : Each;

    [Fact]
    public async Task What_was_acknowledged_is_there_once_whatever_dies_meanwhile()
    {
        var site = await hostings.EmptyAsync(Hosting.Distributed);
        var kener = site.Process;
        var monitors = new List<long>();
        for (var i = 0; i < Monitors; i++) monitors.Add(await CreateMonitorAsync(kener, $"web-{i}"));
        // No impact: what the checks saw is to be counted, not what lies over it.
        var incident = await kener.Api.OpenIncidentAsync("A long night", Calls.Minute);
        await kener.Visitor.SeesAsync("/", html => html.Contains("A long night") && html.Contains("web-3"), 30);

        using var over = new CancellationTokenSource();
        var (words, pages) = (new ConcurrentQueue<string>(), new Pages());
        var load = Task.WhenAll(
            ChangeAsync(kener, incident, words, 0, over.Token), ChangeAsync(kener, incident, words, 1, over.Token),
            ReportAsync(kener, monitors, over.Token), pages.ReadAsync(kener, over.Token));
        foreach (var kill in Kills) await KillAsync(kener, kill, pages);
        var well = Stopwatch.StartNew();
        await over.CancelAsync();
        await load;

        Assert.True(words.Count >= Changes);
        Assert.True(pages.Served > 100);
        Assert.Empty(pages.Missing);
        // Ten seconds after it is well all is consistent; that the writers took theirs to end is no excuse.
        var patience = Math.Max(1, 10 - well.Elapsed.TotalSeconds);
        var stored = await StoredAsync(kener, incident);
        Assert.Equal(stored.Count, stored.Distinct().Count());
        Assert.Empty(words.Except(stored));
        await kener.Visitor.SeesAsync($"/incidents/{incident}", html => stored.TrueForAll(word => Occurrences(html, $">{word}<") == 1), patience);
        await kener.Visitor.SeesAsync("/", html => Occurrences(html, ": down for 1 d<") == Monitors * Days, patience);
        for (var i = 0; i < Monitors; i++)
        {
            var known = (await kener.Api.SendAsync(HttpMethod.Get, $"/api/v4/monitors/web-{i}/data?start_ts={FirstMinute}&end_ts={FirstMinute + (Days * 86_400)}"))["data"]!.AsArray();
            Assert.Equal(Days * 1_440, known.Count);
        }
        Assert.Empty((await kener.Api.SendAsync(HttpMethod.Get, "/api/v5/dead-letters"))["dead_letters"]!.AsArray());
    }

    /// <summary>The last whole days before today.</summary>
    private static long FirstMinute { get; } = ((Calls.Now / 86_400) - Days) * 86_400;

    private static async Task KillAsync(KenerProcess kener, string[] programs, Pages pages)
    {
        var isGateway = programs.Contains("Kener.Gateway.dll");
        if (isGateway) pages.MayBeMissing = true;
        var killed = programs.Select(program => Tree.Find(kener.ProcessId, program)).ToList();
        foreach (var one in killed) Tree.Kill(one);
        await Eventually.TrueAsync(() => Task.FromResult(killed.TrueForAll(Tree.IsGone)), 60);
        await Eventually.TrueAsync(() => IsWellAsync(kener, programs), 180);
        if (isGateway) pages.MayBeMissing = false;
    }

    private static async Task<bool> IsWellAsync(KenerProcess kener, string[] programs)
    {
        try
        {
            using var health = await kener.Visitor.GetAsync("/health");
            // What was killed may not have been noticed yet.
            return health.IsSuccessStatusCode && programs.All(program => Tree.Below(kener.ProcessId).Exists(member => member.Command.Contains(program, StringComparison.Ordinal)));
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<long> CreateMonitorAsync(KenerProcess kener, string tag)
    {
        // Checked once when it is new, and then at the turn of the year; what is reported of it lies before today.
        var body = new { tag, name = tag, monitor_type = "API", cron = "0 0 1 1 *", type_data = new { url = "http://127.0.0.1:9/", timeout = 1000 } };
        return (await kener.Api.SendAsync(HttpMethod.Post, "/api/v4/monitors", body, 201))["monitor"]!["id"]!.GetValue<long>();
    }

    private static async Task ChangeAsync(KenerProcess kener, long incident, ConcurrentQueue<string> acknowledged, int writer, CancellationToken over)
    {
        for (var i = 0; !over.IsCancellationRequested || acknowledged.Count < Changes; i++)
        {
            var word = $"word-{writer}-{i:D6}.";
            // Updates of a long night; more of them would make the page the test.
            if (acknowledged.Count >= 2 * Changes) return;
            if (await IsTakenAsync(() => kener.Api.PostAsJsonAsync($"/api/v4/incidents/{incident}/comments", new { comment = word, state = "MONITORING" }, CancellationToken.None)))
                acknowledged.Enqueue(word);
        }
    }

    /// <summary>Each report until it is taken, as an agent does; when all are, the old ones again, which change nothing.</summary>
    private static async Task ReportAsync(KenerProcess kener, List<long> monitors, CancellationToken over)
    {
        var (reports, sent) = (Days * 1_440 / MinutesAReport, 0);
        while (sent < reports || !over.IsCancellationRequested)
        {
            var first = FirstMinute + (sent % reports * MinutesAReport * 60L);
            var results = from minute in Enumerable.Range(0, MinutesAReport)
                          from id in monitors
                          select new { monitor_id = id, minute = first + (60L * minute), status = "DOWN", latency = 5, type = "REALTIME" };
            if (await IsTakenAsync(() => kener.Api.PostAsJsonAsync("/api/agent/v1/results", new { agent = "chaos", results }, CancellationToken.None))) sent++;
        }
    }

    private static async Task<bool> IsTakenAsync(Func<Task<HttpResponseMessage>> send)
    {
        try
        {
            using var answer = await send();
            if (answer.IsSuccessStatusCode) return true;
            // Away is an answer; a fault of ours is none.
            Assert.True((int)answer.StatusCode is 502 or 503 or 504, $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            // Nobody there.
        }
        await Task.Delay(50);
        return false;
    }

    private static async Task<List<string>> StoredAsync(KenerProcess kener, long incident)
    {
        var told = await kener.Api.SendAsync(HttpMethod.Get, $"/api/v4/incidents/{incident}/comments");
        return [.. told["comments"]!.AsArray().Select(update => update!["comment"]!.GetValue<string>())];
    }

    private static int Occurrences(string text, string word) => text.Split(word).Length - 1;

    /// <summary>A visitor who looks again and again.</summary>
    private sealed class Pages
    {
        public int Served { get; private set; }

        public ConcurrentQueue<string> Missing { get; } = [];

        public volatile bool MayBeMissing;

        public async Task ReadAsync(KenerProcess kener, CancellationToken over)
        {
            while (!over.IsCancellationRequested)
            {
                var excused = MayBeMissing;
                var fault = await LookAsync(kener);
                if (fault is null) Served++;
                else if (!excused && !MayBeMissing) Missing.Enqueue(fault);
                await Task.Delay(10, CancellationToken.None);
            }
        }

        private static async Task<string?> LookAsync(KenerProcess kener)
        {
            try
            {
                using var page = await kener.Visitor.GetAsync("/");
                var html = await page.Content.ReadAsStringAsync();
                return page.IsSuccessStatusCode && html.Contains("A long night", StringComparison.Ordinal) ? null : $"{(int)page.StatusCode}: {html[..Math.Min(300, html.Length)]}";
            }
            catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
            {
                return fault.Message;
            }
        }
    }
}

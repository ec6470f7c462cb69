using System.Collections.Concurrent;
using System.Net.Http.Json;
using Kener.TestKit;

namespace Kener.EndToEnd.Tests;

/// <summary>
/// Load on a distributed Kener while parts of it fail: incident updates, agents' reports and visitors. Afterwards every change that got a 2xx
/// must be stored, none twice, and the counts must be exact.
/// </summary>
internal sealed class Load
{
    private const int Monitors = 4, MinutesAReport = 20;
    private static readonly int Days = Scale.Of(4), Changes = Scale.Of(200);
    private readonly KenerProcess _kener;
    private readonly ConcurrentQueue<string> _acknowledged = [];
    private readonly List<long> _monitors;
    private readonly long _incident;
    private readonly Task _work;
    private volatile bool _isOver;

    private Load(KenerProcess kener, List<long> monitors, long incident, IReadOnlyList<HttpClient> visitors)
    {
        (_kener, _monitors, _incident) = (kener, monitors, incident);
        _work = Task.WhenAll(ChangeAsync(0), ChangeAsync(1), ReportAsync(), Pages.ReadAsync(visitors, () => _isOver));
    }

    public Visits Pages { get; } = new();

    /// <summary>Starts the load; <paramref name="visitors"/> read the page in turn.</summary>
    public static async Task<Load> StartAsync(KenerProcess kener, params HttpClient[] visitors)
    {
        var monitors = new List<long>();
        for (var i = 0; i < Monitors; i++) monitors.Add(await CreateMonitorAsync(kener, $"web-{i}"));
        // No impact: the days count the results themselves, without an overlay.
        var incident = await kener.Api.OpenIncidentAsync("A long night", Calls.Minute);
        foreach (var visitor in visitors) await visitor.SeesAsync("/", html => html.Contains("A long night") && html.Contains("web-3"));
        return new Load(kener, monitors, incident, visitors);
    }

    /// <summary>Call when all is healthy again: ends the load and compares it with what is stored and what the pages show.</summary>
    public async Task EndAsync(params HttpClient[] visitors)
    {
        _isOver = true;
        await _work;
        Assert.True(_acknowledged.Count >= Changes);
        Assert.True(Pages.Served > 100);
        Assert.Empty(Pages.Missing);
        var stored = await StoredAsync();
        Assert.Equal(stored.Count, stored.Distinct().Count());
        Assert.Empty(_acknowledged.Except(stored));
        foreach (var visitor in visitors)
        {
            await visitor.SeesAsync($"/incidents/{_incident}", html => stored.TrueForAll(word => Occurrences(html, $">{word}<") == 1));
            await visitor.SeesAsync("/", html => Occurrences(html, ": down for 1 d<") == Monitors * Days);
        }
        for (var i = 0; i < Monitors; i++)
        {
            var known = (await _kener.Api.SendAsync(HttpMethod.Get, $"/api/v4/monitors/web-{i}/data?start_ts={FirstMinute}&end_ts={FirstMinute + (Days * 86_400)}"))["data"]!.AsArray();
            Assert.Equal(Days * 1_440, known.Count);
        }
        Assert.Empty((await _kener.Api.SendAsync(HttpMethod.Get, "/api/v5/dead-letters"))["dead_letters"]!.AsArray());
    }

    /// <summary>The beginning of the period that is reported: the last whole days before today.</summary>
    private static long FirstMinute { get; } = ((Calls.Now / 86_400) - Days) * 86_400;

    private static async Task<long> CreateMonitorAsync(KenerProcess kener, string tag)
    {
        // Checked when it is created, and then only at the turn of the year; the reported results are from before today.
        var body = new { tag, name = tag, monitor_type = "API", cron = "0 0 1 1 *", type_data = new { url = "http://127.0.0.1:9/", timeout = 1000 } };
        return (await kener.Api.SendAsync(HttpMethod.Post, "/api/v4/monitors", body, 201))["monitor"]!["id"]!.GetValue<long>();
    }

    private async Task ChangeAsync(int writer)
    {
        for (var i = 0; !_isOver || _acknowledged.Count < Changes; i++)
        {
            var word = $"word-{writer}-{i:D6}.";
            // An incident with more updates would turn this into a test of the page.
            if (_acknowledged.Count >= 2 * Changes) return;
            if (await IsTakenAsync(() => _kener.Api.PostAsJsonAsync($"/api/v4/incidents/{_incident}/comments", new { comment = word, state = "MONITORING" }, CancellationToken.None)))
                _acknowledged.Enqueue(word);
        }
    }

    /// <summary>Sends each report until it is accepted, as an agent does; then sends the same reports again, which changes nothing.</summary>
    private async Task ReportAsync()
    {
        var (reports, sent) = (Days * 1_440 / MinutesAReport, 0);
        while (sent < reports || !_isOver)
        {
            var first = FirstMinute + (sent % reports * MinutesAReport * 60L);
            var results = from minute in Enumerable.Range(0, MinutesAReport)
                          from id in _monitors
                          select new { monitor_id = id, minute = first + (60L * minute), status = "DOWN", latency = 5, type = "REALTIME" };
            if (await IsTakenAsync(() => _kener.Api.PostAsJsonAsync("/api/agent/v1/results", new { agent = "chaos", results }, CancellationToken.None))) sent++;
        }
    }

    private static async Task<bool> IsTakenAsync(Func<Task<HttpResponseMessage>> send)
    {
        try
        {
            using var answer = await send();
            if (answer.IsSuccessStatusCode) return true;
            // A service may be down; any other error is a bug.
            Assert.True((int)answer.StatusCode is 502 or 503 or 504, $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            // The gateway is down.
        }
        await Task.Delay(50);
        return false;
    }

    private async Task<List<string>> StoredAsync()
    {
        var told = await _kener.Api.SendAsync(HttpMethod.Get, $"/api/v4/incidents/{_incident}/comments");
        return [.. told["comments"]!.AsArray().Select(update => update!["comment"]!.GetValue<string>())];
    }

    private static int Occurrences(string text, string word) => text.Split(word).Length - 1;

    /// <summary>Visitors that read the page again and again.</summary>
    public sealed class Visits
    {
        public int Served { get; private set; }

        public ConcurrentQueue<string> Missing { get; } = [];

        /// <summary>True while the only gateway itself is down.</summary>
        public volatile bool MayBeMissing;

        public async Task ReadAsync(IReadOnlyList<HttpClient> visitors, Func<bool> isOver)
        {
            for (var i = 0; !isOver(); i++)
            {
                var excused = MayBeMissing;
                var fault = await LookAsync(visitors[i % visitors.Count]);
                if (fault is null) Served++;
                else if (!excused && !MayBeMissing) Missing.Enqueue(fault);
                await Task.Delay(10, CancellationToken.None);
            }
        }

        private static async Task<string?> LookAsync(HttpClient visitor)
        {
            try
            {
                using var page = await visitor.GetAsync("/");
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

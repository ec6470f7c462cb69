using System.Collections.Concurrent;
using System.Net.Http.Json;
using Kener.TestKit;

namespace Kener.EndToEnd.Tests;

/// <summary>
/// Work for a distributed Kener that is not left in peace: incident changes, agents' reports and a visitor, and what has to be true of them
/// after: every change that got a 2xx is there, none twice, and the counts are exact.
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

    /// <summary>Begins; <paramref name="visitors"/> look at the page by turns.</summary>
    public static async Task<Load> StartAsync(KenerProcess kener, params HttpClient[] visitors)
    {
        var monitors = new List<long>();
        for (var i = 0; i < Monitors; i++) monitors.Add(await CreateMonitorAsync(kener, $"web-{i}"));
        // No impact: what the checks saw is to be counted, not what lies over it.
        var incident = await kener.Api.OpenIncidentAsync("A long night", Calls.Minute);
        foreach (var visitor in visitors) await visitor.SeesAsync("/", html => html.Contains("A long night") && html.Contains("web-3"));
        return new Load(kener, monitors, incident, visitors);
    }

    /// <summary>Call when all is well again: lets the work end, and holds it against what is stored, and shown in the end.</summary>
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

    /// <summary>The last whole days before today.</summary>
    private static long FirstMinute { get; } = ((Calls.Now / 86_400) - Days) * 86_400;

    private static async Task<long> CreateMonitorAsync(KenerProcess kener, string tag)
    {
        // Checked once when it is new, and then at the turn of the year; what is reported of it lies before today.
        var body = new { tag, name = tag, monitor_type = "API", cron = "0 0 1 1 *", type_data = new { url = "http://127.0.0.1:9/", timeout = 1000 } };
        return (await kener.Api.SendAsync(HttpMethod.Post, "/api/v4/monitors", body, 201))["monitor"]!["id"]!.GetValue<long>();
    }

    private async Task ChangeAsync(int writer)
    {
        for (var i = 0; !_isOver || _acknowledged.Count < Changes; i++)
        {
            var word = $"word-{writer}-{i:D6}.";
            // Updates of a long night; more of them would make the page the test.
            if (_acknowledged.Count >= 2 * Changes) return;
            if (await IsTakenAsync(() => _kener.Api.PostAsJsonAsync($"/api/v4/incidents/{_incident}/comments", new { comment = word, state = "MONITORING" }, CancellationToken.None)))
                _acknowledged.Enqueue(word);
        }
    }

    /// <summary>Each report until it is taken, as an agent does; when all are, the old ones again, which change nothing.</summary>
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

    private async Task<List<string>> StoredAsync()
    {
        var told = await _kener.Api.SendAsync(HttpMethod.Get, $"/api/v4/incidents/{_incident}/comments");
        return [.. told["comments"]!.AsArray().Select(update => update!["comment"]!.GetValue<string>())];
    }

    private static int Occurrences(string text, string word) => text.Split(word).Length - 1;

    /// <summary>Visitors who look again and again.</summary>
    public sealed class Visits
    {
        public int Served { get; private set; }

        public ConcurrentQueue<string> Missing { get; } = [];

        /// <summary>While the only gateway itself is away.</summary>
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

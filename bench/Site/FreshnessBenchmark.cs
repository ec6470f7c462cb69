using System.Diagnostics;
using System.Globalization;

namespace Kener.Bench.Site;

/// <summary>
/// Measures the time from posting an update until a client that is notified has loaded the new page; with 50 monitors and 90 days. The bound is the
/// time until the API has responded to the post; distributed, also the chain of a service that does nothing, see <see cref="BareService"/>.
/// </summary>
internal static class FreshnessBenchmark
{
    private const int Warm = 600, Count = 500, WarmRound = 150;
    private static readonly TimeSpan WarmRest = TimeSpan.FromSeconds(2);
    private const double GoalP50 = 10, GoalP99 = 50;

    public static async Task<int> RunAsync(string[] args)
    {
        var hosting = args is [var given, ..] ? given : "Embedded";
        await using var kener = await RunningKener.StartAsync(hosting);
        await kener.FillAsync(50, 90);
        await using var reader = await PageReader.OpenAsync(kener);
        Figures seen = new(), answered = new();
        var incident = await kener.OpenIncidentAsync("Mail is stuck");
        for (var i = 0; i < Warm + Count; i++)
        {
            if (i == Warm)
            {
                seen.Clear();
                answered.Clear();
            }
            // A new incident now and then, because the timeline of a real one does not grow forever.
            if (i % 20 == 19)
            {
                await kener.SendAsync(HttpMethod.Delete, $"/api/v4/incidents/{incident}");
                incident = await kener.OpenIncidentAsync("Mail is stuck");
            }
            await UpdateAsync(kener, reader, incident, $"word-{i:D5}", seen, answered);
            await RestAsync(i, seen);
        }
        var isMet = seen.At(0.5) <= GoalP50 && seen.At(0.99) <= GoalP99;
        Console.WriteLine($"until the API answers  {answered}");
        Console.WriteLine($"until the page has it  {seen}");
        if (hosting is "Distributed" or "Native") Console.WriteLine($"a chain alone          {await ChainAsync(kener)}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"freshness ({hosting}): ratio {seen.At(0.5) / answered.At(0.5):0.00} (goals: p50 {GoalP50} ms, p99 {GoalP99} ms): {(isMet ? "met" : "NOT met")}"));
        return isMet ? 0 : 1;
    }

    private static async Task RestAsync(int i, Figures figures)
    {
        // The runtime recompiles hot methods after a second without new code: a page that has run for a day is past that.
        if (i < Warm && i % WarmRound == WarmRound - 1) await Task.Delay(WarmRest);
        // Idle half of the time, as the goal says.
        await Task.Delay(TimeSpan.FromMilliseconds(figures.Last + 1));
    }

    private static async Task<Figures> ChainAsync(RunningKener kener)
    {
        var (service, url) = await kener.StartBareServiceAsync();
        using var client = new HttpClient();
        var took = new Figures();
        for (var i = 0; i < Warm + Count; i++)
        {
            if (i == Warm) took.Clear();
            var clock = Stopwatch.StartNew();
            (await client.PostAsync(url, null)).EnsureSuccessStatusCode();
            took.Add(clock.Elapsed.TotalMilliseconds);
            await RestAsync(i, took);
        }
        service.Kill();
        return took;
    }

    private static async Task UpdateAsync(RunningKener kener, PageReader reader, long incident, string word, Figures seen, Figures answered)
    {
        var clock = Stopwatch.StartNew();
        var looking = LookAsync();
        await kener.SendAsync(HttpMethod.Post, $"/api/v4/incidents/{incident}/comments", new { state = "IDENTIFIED", comment = word });
        answered.Add(clock.Elapsed.TotalMilliseconds);
        seen.Add(await looking);

        async Task<double> LookAsync()
        {
            while (true)
            {
                var page = await reader.NextAsync();
                var elapsed = clock.Elapsed.TotalMilliseconds;
                if (page.Contains(word, StringComparison.Ordinal)) return elapsed;
            }
        }
    }
}

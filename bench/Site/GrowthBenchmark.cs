using System.Diagnostics;
using System.Globalization;

namespace Kener.Bench.Site;

/// <summary>
/// What an operator and a reader notice as an installation grows: the time until an update is on the page, until a list of the last two days'
/// incidents is there, and until the page itself is. The bound of each is the same in a small installation.
/// </summary>
internal static class GrowthBenchmark
{
    private const int Times = 60, WarmRounds = 4;
    private static readonly TimeSpan WarmRest = TimeSpan.FromSeconds(2);
    private const double MostTimesAsLong = 2;

    private sealed record Felt(string Size, double Update, double List, double Page);

    public static async Task<int> RunAsync(string[] args)
    {
        var incidents = args is [var given, ..] ? int.Parse(given, CultureInfo.InvariantCulture) : 10_000;
        List<Felt> felt =
        [
            await MeasureAsync(10, 90, 10), await MeasureAsync(500, 90, 10), await MeasureAsync(10, 365, 10), await MeasureAsync(10, 90, incidents),
        ];
        var isFlat = true;
        foreach (var size in felt)
        {
            var worst = new[] { size.Update / felt[0].Update, size.List / felt[0].List, size.Page / felt[0].Page }.Max();
            isFlat &= worst <= MostTimesAsLong;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{size.Size,-46} update {size.Update:0.0}, list {size.List:0.0}, page {size.Page:0.00} ms; at most {worst:0.0} times as long as the smallest"));
        }
        Console.WriteLine($"growth (goal: at most {MostTimesAsLong} times as long): {(isFlat ? "met" : "NOT met")}");
        return isFlat ? 0 : 1;
    }

    private static async Task<Felt> MeasureAsync(int monitors, int days, int incidents)
    {
        await using var kener = await RunningKener.StartAsync("Embedded");
        await kener.FillAsync(monitors, days);
        await Parallel.ForEachAsync(Enumerable.Range(0, incidents), new ParallelOptions { MaxDegreeOfParallelism = 4 },
            async (i, _) => await kener.AddPastIncidentAsync($"Incident {i}", TimeSpan.FromHours(1 + (6 * i))));
        await using var reader = await PageReader.OpenAsync(kener);
        var since = (TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(2)).ToUnixTimeSeconds();
        var open = await kener.OpenIncidentAsync("Mail is stuck");
        var (update, list, page) = (new Figures(), new Figures(), new Figures());
        for (var i = 0; i < (WarmRounds + 1) * Times; i++)
        {
            // A larger installation has run for longer by now. Hot methods are to be recompiled in all of them, after a second without new code.
            if (i > 0 && i % Times == 0 && i / Times <= WarmRounds) await Task.Delay(WarmRest);
            if (i == WarmRounds * Times) foreach (var figures in (Figures[])[update, list, page]) figures.Clear();
            var word = $"word-{i:D5}";
            await TimeAsync(update, async () =>
            {
                var posted = await kener.SendAsync(HttpMethod.Post, $"/api/v4/incidents/{open}/comments", new { state = "IDENTIFIED", comment = word });
                while (!(await reader.NextAsync()).Contains(word, StringComparison.Ordinal)) { }
                await kener.SendAsync(HttpMethod.Delete, $"/api/v4/incidents/{open}/comments/{posted["comment"]!["id"]}");
            });
            await TimeAsync(list, () => kener.SendAsync(HttpMethod.Get, $"/api/v4/incidents?start_ts={since}"));
            await TimeAsync(page, () => PageAsync(kener));
        }
        return new($"{monitors} monitors, {days} days, {incidents} incidents", update.At(0.5), list.At(0.5), page.At(0.5));
    }

    /// <summary>Loads the page as a browser does.</summary>
    private static async Task PageAsync(RunningKener kener)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { AcceptEncoding = { new("br") } } };
        using var answer = await kener.Api.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task TimeAsync(Figures figures, Func<Task> work)
    {
        var clock = Stopwatch.StartNew();
        await work();
        figures.Add(clock.Elapsed.TotalMilliseconds);
    }
}

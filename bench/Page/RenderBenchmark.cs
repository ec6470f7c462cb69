using System.Diagnostics;
using System.Globalization;
using Kener.Status.Publishing;
using Kener.Ui;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Bench.Page;

/// <summary>How long it takes to render a page from its facts and to compress it, at several sizes.</summary>
internal static class RenderBenchmark
{
    private const double GoalMs = 5;

    public static async Task<int> RunAsync(string[] args)
    {
        using var services = new ServiceCollection().BuildServiceProvider();
        var renderer = new PageRenderer(services);
        var goal = 0d;
        // The first pages are slow, because code is being compiled. A server warms up before it reports that it is ready.
        for (var i = 0; i < 1_000; i++) _ = (await renderer.HomeAsync(SamplePage.Of(10, 90, 1))).Pack();
        foreach (var (monitors, days, incidents) in ((int, int, int)[])[(50, 90, 1), (10, 90, 1), (500, 90, 1), (50, 365, 1), (50, 90, 20)])
        {
            Figures draw = new(), again = new(), pack = new();
            var bytes = 0;
            for (var i = 0; i < 250; i++)
            {
                // The rows of a view are rendered once, so each round needs a new view.
                var view = SamplePage.Of(monitors, days, incidents);
                var start = Stopwatch.GetTimestamp();
                var page = await renderer.HomeAsync(view);
                var drawn = Stopwatch.GetTimestamp();
                bytes = page.ToSnapshot(page.Pack(), "/", 1, Bytes.ETagOf(page), 0).Brotli!.Length;
                var packed = Stopwatch.GetTimestamp();
                await renderer.HomeAsync(view);
                if (i < 50) continue;
                draw.Add(Stopwatch.GetElapsedTime(start, drawn).TotalMilliseconds);
                pack.Add(Stopwatch.GetElapsedTime(drawn, packed).TotalMilliseconds);
                again.Add(Stopwatch.GetElapsedTime(packed).TotalMilliseconds);
            }
            if (goal == 0) goal = draw.At(0.5) + pack.At(0.5);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{monitors,4} monitors, {days,3} days, {incidents,2} incidents: rendered p50 {draw.At(0.5):0.00} p99 {draw.At(0.99):0.00}, with known rows {again.At(0.5):0.00}, compressed p50 {pack.At(0.5):0.00} p99 {pack.At(0.99):0.00} ms, {bytes:N0} bytes"));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"render: {goal:0.0} ms for 50 monitors (goal: {GoalMs} ms): {(goal <= GoalMs ? "met" : "NOT met")}"));
        return goal <= GoalMs ? 0 : 1;
    }
}

using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using Kener.Agent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kener.Bench.Agent;

/// <summary>
/// How late checks begin, and what they cost: one agent with 10,000 API monitors, each checked once a minute over a connection of its own. The
/// bound is how late a bare timer of 10 ms is in the same process.
/// </summary>
internal static class AgentBenchmark
{
    private const double MostLateMs = 25, MostCores = 0.1;

    public static async Task<int> RunAsync(string[] args)
    {
        // As in the agent's own process.
        AppContext.SetData("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit", 0);
        AppContext.SetData("System.Threading.ThreadPool.MinThreads", 1);
        var monitors = args.Length > 0 ? int.Parse(args[0], null) : 10_000;
        var minutes = args.Length > 1 ? int.Parse(args[1], null) : 1;
        var folder = Directory.CreateTempSubdirectory("kener-bench-").FullName;
        using var world = Child.Start(World.Name, monitors.ToString(CultureInfo.InvariantCulture));
        try
        {
            var url = await world.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The process with the gateway and the checked server did not start");
            await using var agent = await StartAgentAsync(url, folder);
            var code = await MeasureAsync(url, monitors, minutes);
            await agent.StopAsync();
            return code;
        }
        finally
        {
            world.Kill();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<int> MeasureAsync(string url, int monitors, int minutes)
    {
        Figures late = new(), bound = new();
        using var listener = Listen(late);
        using var stop = new CancellationTokenSource();
        var timer = BareTimerAsync(bound, stop.Token);
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        Console.WriteLine($"{monitors} monitors are checked at once, for the first time ...");
        // All monitors of a new list are checked at once; that is not part of the measurement.
        while (await StoredAsync(http) < monitors) await Task.Delay(100);
        // From second 55 of a minute, when no check is due, to second 55 of another.
        await Task.Delay(TimeSpan.FromSeconds(60 - ((TimeProvider.System.GetUtcNow().TimeOfDay.TotalSeconds + 5) % 60)));

        Console.WriteLine($"Measuring {minutes} minute(s) ...");
        late.Clear();
        bound.Clear();
        var (cpu, watch, before) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew(), await StoredAsync(http));
        await Task.Delay(TimeSpan.FromMinutes(minutes));
        var cores = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds / watch.Elapsed.TotalSeconds;
        var up = await StoredAsync(http) - before;
        await stop.CancelAsync();
        await timer;

        Console.WriteLine($"lateness of checks     {late}");
        Console.WriteLine($"lateness of the timer  {bound}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio at p99           {late.At(0.99) / bound.At(0.99):0.00}"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"processor              {cores:P1} of a core, {cores * watch.Elapsed.TotalSeconds * 1e6 / late.Count:0} µs per check"));
        Console.WriteLine($"resident memory        {Environment.WorkingSet >> 20} MiB");
        Console.WriteLine($"checks reported UP     {up} of {monitors * minutes}");
        var isMet = late.At(0.99) <= MostLateMs && cores <= MostCores && late.Count == monitors * minutes;
        Console.WriteLine($"goals (p99 <= {MostLateMs} ms, <= {MostCores:P0} of a core, each once a minute): {(isMet ? "met" : "NOT met")}");
        return isMet ? 0 : 1;
    }

    private static async Task<WebApplication> StartAgentAsync(string gateway, string folder)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kener:Agent:Url"] = gateway,
            ["Kener:AgentKey"] = "a-key-of-the-benchmark-0123456789abcdef",
            ["Kener:DataPath"] = folder,
        });
        builder.AddServiceDefaults();
        builder.AddAgent();
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapServiceDefaults();
        await app.StartAsync();
        return app;
    }

    private static MeterListener Listen(Figures late)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == AgentMeter.LatenessName) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => late.Add(seconds * 1000));
        listener.Start();
        return listener;
    }

    private static async Task BareTimerAsync(Figures bound, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var watch = Stopwatch.StartNew();
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                // Lateness against the previous tick: after a late one, the timer continues from there.
                bound.Add(Math.Max(0, watch.Elapsed.TotalMilliseconds - 10));
                watch.Restart();
            }
        }
        catch (OperationCanceledException)
        {
            // Measured long enough.
        }
    }

    private static async Task<long> StoredAsync(HttpClient http) => long.Parse(await http.GetStringAsync("/stored"), CultureInfo.InvariantCulture);
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Kener.TestKit;

namespace Kener.Bench.Site;

/// <summary>
/// How long Kener takes from its start to its first page, and how much memory each process has after an idle minute. Distributed, also the start
/// and the memory of a second gateway as native code and, as the bound of the services, the memory of a service that does nothing.
/// </summary>
internal static partial class IdleBenchmark
{
    private const double GoalEmbeddedSeconds = 2, GoalDistributedSeconds = 25;
    private const int GoalService = 150, GoalEmbedded = 200, GoalNative = 64, GoalNativeMs = 100, NativeStarts = 10;

    public static async Task<int> RunAsync(string[] args)
    {
        var isMet = true;
        foreach (var hosting in args.Length > 0 ? args : ["Embedded", "Published", "Distributed"])
        {
            var isAlone = hosting != "Distributed";
            if (hosting == "Published") await Published.StandaloneAsync();
            if (!isAlone) await Published.GatewayAsync();
            // The first start loads the files into the page cache.
            if (isAlone) await using (await RunningKener.StartAsync(hosting)) { }
            var clock = Stopwatch.StartNew();
            await using var kener = await RunningKener.StartAsync(hosting);
            var (seconds, goal) = (clock.Elapsed.TotalSeconds, isAlone ? GoalEmbeddedSeconds : GoalDistributedSeconds);
            isMet &= seconds <= goal;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{hosting,-12} first page after {seconds:0.0} s (goal: {goal} s)"));
            if (!isAlone) isMet &= await StartNativeAsync(kener);
            using var native = isAlone ? null : await kener.StartGatewayAsync();
            await kener.FillAsync(50, 90);
            using var bare = isAlone ? null : await StartBareAsync(kener);
            await Task.Delay(TimeSpan.FromMinutes(1));
            foreach (var process in Tree.Below(Environment.ProcessId))
                if (Kener().Match(process.Command) is { Success: true } name) isMet &= Print(name.Groups[1].Value, process.Id, isAlone ? GoalEmbedded : GoalService);
            if (native is not null) isMet &= Print("native gateway", native.ProcessId, GoalNative);
            if (bare is null) continue;
            Print("a bare service", bare.Id, null);
            bare.Kill();
        }
        Console.WriteLine($"idle: {(isMet ? "met" : "NOT met")}");
        return isMet ? 0 : 1;
    }

    private static bool Print(string name, int process, int? goal)
    {
        var held = Resident.Mebibytes(process);
        var wanted = goal is null ? "" : string.Create(CultureInfo.InvariantCulture, $" (goal: {goal} MiB)");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-18} {held,4} MiB{wanted}; {Resident.Share(process)} if shared pages are divided among the processes"));
        return goal is null || held <= goal;
    }

    private static async Task<Process> StartBareAsync(RunningKener kener)
    {
        var (bare, url) = await kener.StartBareServiceAsync();
        using var client = new HttpClient();
        for (var i = 0; i < 500; i++) (await client.PostAsync(url, null)).EnsureSuccessStatusCode();
        return bare;
    }

    private static async Task<bool> StartNativeAsync(RunningKener kener)
    {
        Figures listens = new(), gives = new();
        for (var i = 0; i < NativeStarts; i++)
        {
            var clock = Stopwatch.StartNew();
            using var gateway = await kener.StartGatewayAsync();
            listens.Add(gateway.Start.TotalMilliseconds);
            using var client = new HttpClient { BaseAddress = gateway.Url };
            while ((await client.GetAsync("/")).StatusCode != HttpStatusCode.OK) await Task.Delay(1);
            gives.Add(clock.Elapsed.TotalMilliseconds);
        }
        Console.WriteLine($"  native gateway listens after {listens} (goal: {GoalNativeMs} ms), serves its page after {gives}");
        return listens.At(0.5) <= GoalNativeMs;
    }

    [GeneratedRegex(@"(Kener\.\w+)\.dll ?$", RegexOptions.NonBacktracking)]
    private static partial Regex Kener();
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Kener.Bench.Site;

/// <summary>
/// How long Kener takes from nothing to its first page, and what each process holds when nothing has happened for a minute; distributed, with
/// a second gateway as native code, and how long that takes to start.
/// </summary>
internal static partial class IdleBenchmark
{
    private const double GoalEmbeddedSeconds = 2, GoalDistributedSeconds = 15;
    private const int GoalService = 150, GoalEmbedded = 200, GoalNative = 64, GoalNativeMs = 100, NativeStarts = 10;

    public static async Task<int> RunAsync(string[] args)
    {
        var isMet = true;
        foreach (var hosting in args.Length > 0 ? args : ["Embedded", "Published", "Distributed"])
        {
            var isAlone = hosting != "Distributed";
            if (hosting == "Published") await Published.StandaloneAsync();
            if (!isAlone) await Published.GatewayAsync();
            // The first start brings the files into the machine's memory.
            if (isAlone) await using (await RunningKener.StartAsync(hosting)) { }
            var clock = Stopwatch.StartNew();
            await using var kener = await RunningKener.StartAsync(hosting);
            var (seconds, goal) = (clock.Elapsed.TotalSeconds, isAlone ? GoalEmbeddedSeconds : GoalDistributedSeconds);
            isMet &= seconds <= goal;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{hosting,-12} first page after {seconds:0.0} s (goal: {goal} s)"));
            if (!isAlone) isMet &= await StartNativeAsync(kener);
            using var native = isAlone ? null : await kener.StartGatewayAsync();
            await kener.FillAsync(50, 90);
            await Task.Delay(TimeSpan.FromMinutes(1));
            foreach (var (id, command) in Resident.Below(kener.ProcessId))
            {
                if (Kener().Match(command) is not { Success: true } name) continue;
                isMet &= Print(name.Groups[1].Value, id, isAlone ? GoalEmbedded : GoalService);
            }
            if (native is not null) isMet &= Print("native gateway", native.ProcessId, GoalNative);
        }
        Console.WriteLine($"idle: {(isMet ? "met" : "NOT met")}");
        return isMet ? 0 : 1;
    }

    private static bool Print(string name, int process, int goal)
    {
        var held = Resident.Mebibytes(process);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-18} {held,4} MiB (goal: {goal} MiB); {Resident.Share(process)} if what they share is divided among them"));
        return held <= goal;
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
        Console.WriteLine($"  native gateway listens after {listens} (goal: {GoalNativeMs} ms), gives its page after {gives}");
        return listens.At(0.5) <= GoalNativeMs;
    }

    [GeneratedRegex(@"(Kener\.\w+)\.dll", RegexOptions.NonBacktracking)]
    private static partial Regex Kener();
}

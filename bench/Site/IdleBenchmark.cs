using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Kener.Bench.Site;

/// <summary>How long Kener takes from nothing to its first page, and what each process holds when nothing has happened for a minute.</summary>
internal static partial class IdleBenchmark
{
    private const double GoalEmbeddedSeconds = 2, GoalDistributedSeconds = 15;
    private const int GoalService = 150, GoalEmbedded = 200;

    public static async Task<int> RunAsync(string[] args)
    {
        var isMet = true;
        foreach (var hosting in args.Length > 0 ? args : ["Embedded", "Published", "Distributed"])
        {
            var isAlone = hosting != "Distributed";
            if (hosting == "Published") await PublishAsync();
            // The first start brings the files into the machine's memory.
            if (isAlone) await using (await RunningKener.StartAsync(hosting)) { }
            var clock = Stopwatch.StartNew();
            await using var kener = await RunningKener.StartAsync(hosting);
            var (seconds, goal) = (clock.Elapsed.TotalSeconds, isAlone ? GoalEmbeddedSeconds : GoalDistributedSeconds);
            isMet &= seconds <= goal;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{hosting,-12} first page after {seconds:0.0} s (goal: {goal} s)"));
            await kener.FillAsync(50, 90);
            await Task.Delay(TimeSpan.FromMinutes(1));
            foreach (var (id, command) in Resident.Below(kener.ProcessId))
            {
                if (Kener().Match(command) is not { Success: true } name) continue;
                var (held, most) = (Resident.Mebibytes(id), isAlone ? GoalEmbedded : GoalService);
                isMet &= held <= most;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name.Groups[1].Value,-18} {held,4} MiB (goal: {most} MiB); {Resident.Share(id)} if what they share is divided among them"));
            }
        }
        Console.WriteLine($"idle: {(isMet ? "met" : "NOT met")}");
        return isMet ? 0 : 1;
    }

    /// <summary>As <c>./test</c> does.</summary>
    private static async Task PublishAsync()
    {
        var output = Path.GetDirectoryName(Path.GetFullPath(RunningKener.AssemblyOf("Published")))!;
        var project = Path.GetFullPath("../../services/Standalone", output);
        using var publish = Process.Start("dotnet", ["publish", project, "-c", "Release", "--artifacts-path", output + ".artifacts", "-o", output, "-v", "q"]);
        await publish.WaitForExitAsync();
        if (publish.ExitCode != 0) throw new InvalidOperationException("Standalone could not be published");
        // The compiler's server would be busy beside what is measured.
        using var shutdown = Process.Start("dotnet", ["build-server", "shutdown"]);
        await shutdown.WaitForExitAsync();
    }

    [GeneratedRegex(@"(Kener\.\w+)\.dll", RegexOptions.NonBacktracking)]
    private static partial Regex Kener();
}

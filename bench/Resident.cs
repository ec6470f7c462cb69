using System.Globalization;

namespace Kener.Bench;

/// <summary>What processes hold of the machine's memory.</summary>
internal static class Resident
{
    /// <summary>Whole MiB.</summary>
    public static int Mebibytes(int process) => Kibibytes(process, "status", "VmRSS:") / 1024;

    /// <summary>Whole MiB, of which what processes share is divided among them: what is free again when it ends.</summary>
    public static int Share(int process) => Kibibytes(process, "smaps_rollup", "Pss:") / 1024;

    /// <summary>The process and all that it started, as they are called, with their ids.</summary>
    public static IEnumerable<(int Id, string Command)> Below(int process)
    {
        yield return (process, File.ReadAllText($"/proc/{process}/cmdline").Replace('\0', ' '));
        foreach (var thread in Directory.GetDirectories($"/proc/{process}/task"))
        {
            foreach (var child in File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                foreach (var one in Below(int.Parse(child, CultureInfo.InvariantCulture))) yield return one;
        }
    }

    private static int Kibibytes(int process, string file, string name)
    {
        var line = File.ReadLines($"/proc/{process}/{file}").Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return int.Parse(new string([.. line.Where(char.IsAsciiDigit)]), CultureInfo.InvariantCulture);
    }
}

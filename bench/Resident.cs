using System.Globalization;

namespace Kener.Bench;

/// <summary>What processes hold of the machine's memory.</summary>
internal static class Resident
{
    /// <summary>Whole MiB.</summary>
    public static int Mebibytes(int process) => Kibibytes(process, "status", "VmRSS:") / 1024;

    /// <summary>Whole MiB, of which what processes share is divided among them: what is free again when it ends.</summary>
    public static int Share(int process) => Kibibytes(process, "smaps_rollup", "Pss:") / 1024;

    private static int Kibibytes(int process, string file, string name)
    {
        var line = File.ReadLines($"/proc/{process}/{file}").Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return int.Parse(new string([.. line.Where(char.IsAsciiDigit)]), CultureInfo.InvariantCulture);
    }
}

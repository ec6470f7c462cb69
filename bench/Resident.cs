using System.Globalization;

namespace Kener.Bench;

/// <summary>Resident memory of processes.</summary>
internal static class Resident
{
    /// <summary>Returns the resident memory of a process, in whole MiB.</summary>
    public static int Mebibytes(int process) => Kibibytes(process, "status", "VmRSS:") / 1024;

    /// <summary>Returns its proportional share, in whole MiB: pages that processes share are divided among them.</summary>
    public static int Share(int process) => Kibibytes(process, "smaps_rollup", "Pss:") / 1024;

    private static int Kibibytes(int process, string file, string name)
    {
        var line = File.ReadLines($"/proc/{process}/{file}").Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return int.Parse(new string([.. line.Where(char.IsAsciiDigit)]), CultureInfo.InvariantCulture);
    }
}

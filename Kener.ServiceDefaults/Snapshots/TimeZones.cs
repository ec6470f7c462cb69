using System.Collections.Frozen;

namespace Kener.ServiceDefaults.Snapshots;

/// <summary>The time zones of this machine's tzdata, by their IANA names.</summary>
public static class TimeZones
{
    // Read once: .NET opens a file for any spelling ("Europe//Berlin", "posix/Asia/Tokyo"), and caches each as a separate zone forever.
    private static readonly Lazy<FrozenSet<string>> Known = new(ReadNames);

    /// <summary>The names of all zones, including "UTC"; only "UTC" on a machine without tzdata.</summary>
    public static IReadOnlySet<string> Names => Known.Value;

    /// <summary>Returns the zone of the name, which may be any text; null if it is not exactly one of <see cref="Names"/>.</summary>
    public static TimeZoneInfo? Find(string name)
    {
        if (name == "UTC") return TimeZoneInfo.Utc;
        return Known.Value.Contains(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;
    }

    private static FrozenSet<string> ReadNames()
    {
        // The folder that .NET reads.
        var folder = Environment.GetEnvironmentVariable("TZDIR") is { Length: > 0 } set ? set : "/usr/share/zoneinfo";
        if (!Directory.Exists(folder)) return FrozenSet.Create("UTC");
        var files = Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3, IgnoreInaccessible = true });
        return files.Select(file => Path.GetRelativePath(folder, file)).Where(IsName).Append("UTC").ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>
    /// Returns whether a file is a zone. Other files in the folder, such as tables ("zone.tab"), copies ("posix/…", "right/…") and the machine's own
    /// zone ("localtime"), begin in lower case or have a dot. "Factory" means that no zone was set.
    /// </summary>
    private static bool IsName(string path) =>
        char.IsAsciiLetterUpper(path[0]) && path != "Factory" && path.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '_' or '+' or '-');
}

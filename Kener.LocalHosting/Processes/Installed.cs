namespace Kener.LocalHosting;

/// <summary>Programs of this machine.</summary>
internal static class Installed
{
    private static readonly string[] Path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The program's path; null where PATH leads to none.</summary>
    public static string? OnPath(string program) => In(Path, program);

    /// <summary>The program in the first of the folders that has it, or null.</summary>
    public static string? In(IEnumerable<string> folders, string program) =>
        folders.Select(folder => System.IO.Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>The folders <c>{parent}/{prefix}*/{below}</c>, the highest version first.</summary>
    public static IEnumerable<string> Versions(string parent, string prefix, string below) =>
        Directory.Exists(parent)
            ? Directory.EnumerateDirectories(parent, prefix + "*")
                .OrderByDescending(folder => Version.TryParse(Digits(folder, parent, prefix), out var version) ? version : new Version())
                .Select(folder => System.IO.Path.Combine(folder, below))
            : [];

    private static string Digits(string folder, string parent, string prefix)
    {
        var version = folder[(parent.TrimEnd('/').Length + 1 + prefix.Length)..];
        return version.Contains('.', StringComparison.Ordinal) ? version : version + ".0";
    }
}

namespace Kener.Hosting.Programs;

/// <summary>Finds server programs on this machine, in the folders of Debian's and Homebrew's packages and on PATH.</summary>
internal static class InstalledPrograms
{
    private static readonly string[] OnPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
    private static readonly string[] Brew = ["/opt/homebrew/opt", "/usr/local/opt"];

    /// <summary>
    /// Returns the path of a PostgreSQL program: of <paramref name="version"/> if that is installed, else of the newest; null if there is none. If
    /// <paramref name="folder"/> is given, it is the only place that is searched.
    /// </summary>
    public static string? Postgres(string program, string? version = null, string? folder = null) => In(folder,
        [.. version is null ? (string[])[] : [$"/usr/lib/postgresql/{version}/bin"], .. Versions("/usr/lib/postgresql", "", "bin"), .. Formula("postgresql", "bin")], program);

    /// <summary>Returns the path of redis-server, or else of valkey-server; null if there is neither.</summary>
    public static string? Redis(string? folder = null) => In(folder, Formula("redis", "bin"), "redis-server") ?? In(folder, [], "valkey-server");

    /// <summary>
    /// Returns the path of a RabbitMQ program; null if there is none. Not Debian's wrapper, which changes the user and writes to /var/log.
    /// </summary>
    public static string? RabbitMQ(string program, string? folder = null) => In(folder,
        [.. Versions("/usr/lib/rabbitmq/lib", "rabbitmq_server-", "sbin"), .. Formula("rabbitmq", "sbin"), .. Formula("erlang", "bin")], program);

    private static string? In(string? folder, IEnumerable<string> usual, string program) =>
        (string.IsNullOrEmpty(folder) ? [.. usual, .. OnPath] : (string[])[folder]).Select(one => Path.Combine(one, program)).FirstOrDefault(File.Exists);

    private static IEnumerable<string> Formula(string formula, string below) => Brew.SelectMany(parent => Versions(parent, formula, below));

    /// <summary>Returns the folders <c>{parent}/{prefix}*/{below}</c>, the highest version first.</summary>
    private static IEnumerable<string> Versions(string parent, string prefix, string below) => !Directory.Exists(parent) ? []
        : Directory.EnumerateDirectories(parent, prefix + "*").OrderByDescending(folder => VersionOf(Path.GetFileName(folder)[prefix.Length..])).Select(folder => Path.Combine(folder, below));

    private static Version VersionOf(string name) => Version.TryParse(name.Contains('.', StringComparison.Ordinal) ? name : name + ".0", out var version) ? version : new Version();
}

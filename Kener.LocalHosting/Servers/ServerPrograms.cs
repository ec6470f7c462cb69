using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Kener.LocalHosting;

/// <summary>Where the servers' programs are on this machine: Debian's and Homebrew's folders, PATH, or the folder that a setting names.</summary>
internal sealed class ServerPrograms(IConfiguration configuration, DataFolder folder)
{
    private static readonly string[] Path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries);
    private static readonly string[] Brew = ["/opt/homebrew/opt", "/usr/local/opt"];

    /// <summary>A program of PostgreSQL's, of the version that made the data, if there are any.</summary>
    public string? Postgres(string program) => Installed.In(Folders("Kener:PostgresBin",
        [.. DataVersion() is { } version ? [$"/usr/lib/postgresql/{version}/bin"] : (string[])[],
            .. Installed.Versions("/usr/lib/postgresql", "", "bin"), .. BrewFolders("postgresql", "bin")]), program);

    /// <summary>redis-server, or valkey-server in its place.</summary>
    public string? Redis() => Folders("Kener:RedisBin", BrewFolders("redis", "bin")) is var folders
        ? Installed.In(folders, "redis-server") ?? Installed.In(folders, "valkey-server") : null;

    /// <summary>A program of RabbitMQ's: not Debian's wrapper, which changes the user and writes to /var/log.</summary>
    public string? RabbitMq(string program) => Installed.In(Folders("Kener:RabbitMqBin",
        [.. Installed.Versions("/usr/lib/rabbitmq/lib", "rabbitmq_server-", "sbin"), .. BrewFolders("rabbitmq", "sbin"), .. BrewFolders("erlang", "bin")]), program);

    /// <summary>Stops the start where one is missing, with the way to get it.</summary>
    public void Require(IEnumerable<IResource> servers)
    {
        var missing = servers.Select(server => (Server: server.Name, Missing: server switch
        {
            PostgresServerResource when Postgres("initdb") is null || Postgres("postgres") is null => (Name: "PostgreSQL", Package: "postgresql"),
            RedisResource when Redis() is null => (Name: "Redis", Package: "redis-server"),
            RabbitMQServerResource when RabbitMq("rabbitmq-server") is null || RabbitMq("epmd") is null => (Name: "RabbitMQ", Package: "rabbitmq-server"),
            _ => ((string Name, string Package)?)null,
        })).Where(one => one.Missing is not null).Select(one => (one.Server, one.Missing!.Value.Name, one.Missing.Value.Package)).ToList();
        if (missing.Count == 0) return;
        throw new DistributedApplicationException($"""
            {string.Join(" and ", missing.Select(one => one.Name))} can not be found on this machine. Get it:
              apt-get install --no-install-recommends {string.Join(' ', missing.Select(one => one.Package))}
            or use one that runs elsewhere, by {string.Join(", ", missing.Select(one => $"ConnectionStrings__{one.Server}"))}.
            """);
    }

    private IEnumerable<string> Folders(string setting, IEnumerable<string> usual) => configuration[setting] is { Length: > 0 } given ? [given] : [.. usual, .. Path];

    private static IEnumerable<string> BrewFolders(string formula, string below) => Brew.SelectMany(parent => Installed.Versions(parent, formula, below));

    private string? DataVersion()
    {
        var file = System.IO.Path.Combine(folder.Path, "postgres", "data", "PG_VERSION");
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }
}

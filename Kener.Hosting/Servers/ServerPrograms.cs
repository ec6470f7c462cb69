using Aspire.Hosting;
using Kener.Hosting.Data;
using Kener.Hosting.Programs;
using Microsoft.Extensions.Configuration;

namespace Kener.Hosting.Servers;

/// <summary>Finds the server programs that the app host runs. Collects what is missing, so that one message names all packages to install.</summary>
internal sealed class ServerPrograms(IConfiguration configuration, DataFolder folder)
{
    private readonly List<(string Server, string Product, string Package)> _missing = [];

    /// <summary>Returns the path of a PostgreSQL program, of the version that created the data if there is any.</summary>
    public string? Postgres(string program) => InstalledPrograms.Postgres(program, DataVersion(), configuration["Kener:PostgresBin"]);

    /// <summary>Returns the path of the Redis server.</summary>
    public string? Redis() => InstalledPrograms.Redis(configuration["Kener:RedisBin"]);

    /// <summary>Returns the path of a RabbitMQ program.</summary>
    public string? RabbitMQ(string program) => InstalledPrograms.RabbitMQ(program, configuration["Kener:RabbitMqBin"]);

    /// <summary>Records that there is neither a program nor a container engine for a server.</summary>
    public void Miss(string server, string product, string package) => _missing.Add((server, product, package));

    /// <summary>Throws if a server is missing, with the ways to provide it.</summary>
    public void RequireAll()
    {
        if (_missing.Count == 0) return;
        throw new DistributedApplicationException($"""
            {string.Join(" and ", _missing.Select(one => one.Product))} cannot be found on this machine, and no container engine answers. Install it:
              apt-get install --no-install-recommends {string.Join(' ', _missing.Select(one => one.Package))}
            or use a server that runs elsewhere, by setting {string.Join(", ", _missing.Select(one => $"ConnectionStrings__{one.Server}"))}.
            """);
    }

    private string? DataVersion()
    {
        var file = Path.Combine(folder.Path, "postgres", "data", "PG_VERSION");
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }
}

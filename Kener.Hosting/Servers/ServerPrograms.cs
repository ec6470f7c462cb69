using Aspire.Hosting;
using Kener.Hosting.Data;
using Kener.Hosting.Programs;
using Microsoft.Extensions.Configuration;

namespace Kener.Hosting.Servers;

/// <summary>The server programs that the app host runs. Collects what is missing, so that one message names all packages to install.</summary>
internal sealed class ServerPrograms(IConfiguration configuration, DataFolder folder)
{
    private readonly List<(string Server, string Product, string Package)> _missing = [];

    /// <summary>A program of PostgreSQL's, of the version that made the data where there is any.</summary>
    public string? Postgres(string program) => InstalledPrograms.Postgres(program, DataVersion(), configuration["Kener:PostgresBin"]);

    /// <summary>Redis' server.</summary>
    public string? Redis() => InstalledPrograms.Redis(configuration["Kener:RedisBin"]);

    /// <summary>A program of RabbitMQ's.</summary>
    public string? RabbitMQ(string program) => InstalledPrograms.RabbitMQ(program, configuration["Kener:RabbitMqBin"]);

    /// <summary>Notes that a server has neither a program nor a container engine here.</summary>
    public void Miss(string server, string product, string package) => _missing.Add((server, product, package));

    /// <summary>Throws where a server is missing, with the ways to get it.</summary>
    public void RequireAll()
    {
        if (_missing.Count == 0) return;
        throw new DistributedApplicationException($"""
            {string.Join(" and ", _missing.Select(one => one.Product))} cannot be found on this machine, and no container engine answers. Get it:
              apt-get install --no-install-recommends {string.Join(' ', _missing.Select(one => one.Package))}
            or use one that runs elsewhere, by {string.Join(", ", _missing.Select(one => $"ConnectionStrings__{one.Server}"))}.
            """);
    }

    private string? DataVersion()
    {
        var file = Path.Combine(folder.Path, "postgres", "data", "PG_VERSION");
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }
}

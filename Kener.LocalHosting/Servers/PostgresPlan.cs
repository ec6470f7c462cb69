using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Npgsql;

namespace Kener.LocalHosting;

/// <summary>PostgreSQL as a process of ours: a cluster of its own, on the loopback address only, with every write on disk.</summary>
internal sealed class PostgresPlan(PostgresServerResource server, IReadOnlyList<PostgresDatabaseResource> databases, ServerPrograms programs, DataFolder folder)
{
    private readonly Account? _account = Account.For("postgres");
    private string _home = "";

    public Unit Make()
    {
        var isStarted = server.Address.Given is null && (databases.Count == 0 || databases.Any(database => database.Given is null));
        return new Unit
        {
            Name = server.Name,
            Resource = server,
            Where = isStarted ? $"{ServerAddress.Host}:{server.Address.Port} (PostgreSQL)" : "as given by connection string (PostgreSQL)",
            PrepareAsync = isStarted ? PrepareAsync : _ => Task.CompletedTask,
            CommandAsync = isStarted ? _ => Task.FromResult(Command()) : null,
            TryAsync = MakeDatabasesAsync,
        };
    }

    private string Data => Path.Combine(_home, "data");

    private async Task PrepareAsync(CancellationToken cancel)
    {
        _home = folder.Of(server.Name, _account);
        if (Directory.Exists(Data))
        {
            ForgetDeadServer();
            return;
        }
        // Made beside its place, so that half a cluster is never taken for one.
        var (made, password) = (Path.Combine(_home, "data.new"), Path.Combine(_home, "password"));
        if (Directory.Exists(made)) Directory.Delete(made, recursive: true);
        await Files.WriteAsync(password, await server.PasswordParameter.GetValueAsync(cancel), _account, cancel);
        try
        {
            var initdb = new Command(programs.Postgres("initdb")!, "-D", made, "-U", await server.UserAsync(cancel), "-A", "scram-sha-256",
                $"--pwfile={password}", "-E", "UTF8", OperatingSystem.IsLinux() ? "--locale=C.UTF-8" : "--locale=C")
            { Environment = Surroundings, As = _account };
            await OneShot.RunAsync(initdb, cancel);
        }
        finally
        {
            File.Delete(password);
        }
        Directory.Move(made, Data);
    }

    private Command Command() => new(programs.Postgres("postgres")!, "-D", Data, "-p", $"{server.Address.Port}",
        "-c", $"listen_addresses={ServerAddress.Host}", "-c", "unix_socket_directories=", "-c", "max_connections=400", "-c", "log_checkpoints=off")
    {
        Environment = Surroundings,
        As = _account,
        StopBy = Signal.Interrupt,
    };

    private static Dictionary<string, string?> Surroundings => new() { ["PATH"] = Environment.GetEnvironmentVariable("PATH"), ["LC_ALL"] = "C.UTF-8", ["TZ"] = "UTC" };

    /// <summary>
    /// The file by which a server keeps a second one off names a process. After a crash, or a restart of the machine, some other may bear
    /// that number, and PostgreSQL would refuse to start. The folder is ours alone, and what an earlier run left has been ended.
    /// </summary>
    private void ForgetDeadServer()
    {
        var file = Path.Combine(Data, "postmaster.pid");
        if (!File.Exists(file)) return;
        var named = File.ReadLines(file).FirstOrDefault();
        var command = $"/proc/{named}/cmdline";
        if (File.Exists(command) && File.ReadAllText(command).Contains(Data, StringComparison.Ordinal))
            throw new DistributedApplicationException($"A PostgreSQL server that is not ours runs on '{Data}' as process {named}: end it first");
        File.Delete(file);
    }

    private async Task MakeDatabasesAsync(CancellationToken cancel)
    {
        var missing = databases.Where(database => database.Given is null).ToList();
        if (missing.Count == 0 && databases.Count > 0) return;
        var address = new NpgsqlConnectionStringBuilder(await server.GetConnectionStringAsync(cancel)) { Pooling = false, Timeout = 5, PersistSecurityInfo = true };
        await using var connection = new NpgsqlConnection(address.ToString());
        await connection.OpenAsync(cancel);
        foreach (var database in missing)
        {
            if (database.OwnerPassword is { } password) await PostgresRoles.EnsureAsync(connection, database.DatabaseName, (await password.GetValueAsync(cancel))!, cancel);
            else await MakeAsync(connection, database.DatabaseName, cancel);
        }
        if (server.Address.Given is null) await PostgresRoles.CloseOwnDatabasesAsync(connection, cancel);
    }

    private static async Task MakeAsync(NpgsqlConnection connection, string database, CancellationToken cancel)
    {
        await using var known = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = database } } };
        if (await known.ExecuteScalarAsync(cancel) is not null) return;
        await using var create = new NpgsqlCommand($"CREATE DATABASE \"{database.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
        await create.ExecuteNonQueryAsync(cancel);
    }
}

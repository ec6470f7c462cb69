using System.Diagnostics;
using Kener.Hosting.Programs;
using Npgsql;

namespace Kener.TestKit;

/// <summary>Dumps and restores a database of the test server as plain SQL.</summary>
public static class PostgresDump
{
    /// <summary>Returns statements that every supported server can run: without owners and settings of only the newest versions.</summary>
    public static async Task<string> WriteAsync(string connection)
    {
        var at = new NpgsqlConnectionStringBuilder(connection);
        var program = InstalledPrograms.Postgres("pg_dump") ?? throw new InvalidOperationException("pg_dump is not installed; install the PostgreSQL client programs");
        var start = new ProcessStartInfo(program, ["--no-owner", "--no-privileges", "--no-comments", "--rows-per-insert=100", "--no-password", at.Database!])
        {
            RedirectStandardOutput = true,
            Environment = { ["PGHOST"] = at.Host, ["PGPORT"] = $"{at.Port}", ["PGUSER"] = at.Username, ["PGPASSWORD"] = at.Password },
        };
        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"pg_dump failed with exit code {process.ExitCode}");
        return string.Join('\n', text.Split('\n').Where(line => line.Length > 0 && !IsLeftOut(line))) + "\n";
    }

    /// <summary>Creates a new database and runs these statements in it.</summary>
    public static async Task<(string Connection, Func<ValueTask> Drop)> RestoreAsync(string statements)
    {
        var (connection, drop) = await PostgresDatabase.CreateAsync();
        // Not pooled: the statements change session settings.
        await using var session = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connection) { Pooling = false, CommandTimeout = 120 }.ToString());
        await session.OpenAsync();
        await using var command = new NpgsqlCommand(statements, session);
        await command.ExecuteNonQueryAsync();
        return (connection, drop);
    }

    private static bool IsLeftOut(string line) =>
        line.StartsWith("--", StringComparison.Ordinal) || line.StartsWith("SET ", StringComparison.Ordinal) || line.StartsWith('\\');
}

using System.Diagnostics;
using Kener.Hosting.Programs;
using Npgsql;

namespace Kener.TestKit;

/// <summary>A database of the test server as plain SQL.</summary>
public static class PostgresDump
{
    /// <summary>Returns statements that any supported server runs: without owners, and without settings that only the newest servers know.</summary>
    public static async Task<string> WriteAsync(string connection)
    {
        var at = new NpgsqlConnectionStringBuilder(connection);
        var program = InstalledPrograms.Postgres("pg_dump") ?? throw new InvalidOperationException("pg_dump is not installed");
        var start = new ProcessStartInfo(program, ["--no-owner", "--no-privileges", "--no-comments", "--rows-per-insert=100", "--no-password", at.Database!])
        {
            RedirectStandardOutput = true,
            Environment = { ["PGHOST"] = at.Host, ["PGPORT"] = $"{at.Port}", ["PGUSER"] = at.Username, ["PGPASSWORD"] = at.Password },
        };
        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"pg_dump ended with {process.ExitCode}");
        return string.Join('\n', text.Split('\n').Where(line => line.Length > 0 && !IsLeftOut(line))) + "\n";
    }

    /// <summary>A new database that these statements fill.</summary>
    public static async Task<(string Connection, Func<ValueTask> Drop)> RestoreAsync(string statements)
    {
        var (connection, drop) = await PostgresDatabase.CreateAsync();
        // Not pooled: the statements change settings of the session.
        await using var session = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connection) { Pooling = false, CommandTimeout = 120 }.ToString());
        await session.OpenAsync();
        await using var command = new NpgsqlCommand(statements, session);
        await command.ExecuteNonQueryAsync();
        return (connection, drop);
    }

    private static bool IsLeftOut(string line) =>
        line.StartsWith("--", StringComparison.Ordinal) || line.StartsWith("SET ", StringComparison.Ordinal) || line.StartsWith('\\');
}

using Npgsql;

namespace Kener.Hosting.Servers;

/// <summary>
/// Gives each database a role that owns it and may connect to no other one: a service that an attacker has taken over reads and changes only its
/// own data.
/// </summary>
internal static class PostgresRoles
{
    /// <summary>Closes the databases of the server itself to all but the superuser.</summary>
    public static async Task CloseOwnDatabasesAsync(NpgsqlConnection superuser, CancellationToken cancel)
    {
        foreach (var name in new[] { "postgres", "template1" }) await RunAsync(superuser, $"REVOKE ALL ON DATABASE {name} FROM PUBLIC", cancel);
    }

    /// <summary>
    /// Creates the role and its database, which has the same name, if they are missing, and closes the database to all other roles.
    /// </summary>
    public static async Task EnsureAsync(NpgsqlConnection superuser, string name, string password, CancellationToken cancel)
    {
        var role = Quoted(name);
        if (!await IsThereAsync(superuser, "SELECT 1 FROM pg_roles WHERE rolname = $1", name, cancel)) await RunAsync(superuser, $"CREATE ROLE {role}", cancel);
        await RunAsync(superuser,
            $"ALTER ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD '{password.Replace("'", "''", StringComparison.Ordinal)}'", cancel);
        if (!await IsThereAsync(superuser, "SELECT 1 FROM pg_database WHERE datname = $1", name, cancel)) await RunAsync(superuser, $"CREATE DATABASE {role}", cancel);
        await RunAsync(superuser, $"REVOKE ALL ON DATABASE {role} FROM PUBLIC", cancel);
        await RunAsync(superuser, $"ALTER DATABASE {role} OWNER TO {role}", cancel);
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static async Task<bool> IsThereAsync(NpgsqlConnection connection, string query, string name, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(query, connection) { Parameters = { new() { Value = name } } };
        return await command.ExecuteScalarAsync(cancel) is not null;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string statement, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}

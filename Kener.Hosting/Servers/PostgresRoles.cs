using Npgsql;

namespace Kener.Hosting.Servers;

/// <summary>
/// Gives each database a role that owns it and may connect to no other one, so that a service which is taken over reads and changes its own
/// data alone. A database of an earlier release, which the superuser owns, is handed over.
/// </summary>
internal static class PostgresRoles
{
    // The superuser owns what an earlier release created. Sequences of a column follow their table, and cannot be given away alone.
    private const string HandOver = """
        DO $$
        DECLARE item record; owner text := current_setting('kener.owner'); superuser oid := (SELECT oid FROM pg_roles WHERE rolname = current_user);
        BEGIN
            FOR item IN SELECT nspname FROM pg_namespace
                WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema' AND nspowner = superuser
            LOOP
                EXECUTE format('ALTER SCHEMA %I OWNER TO %I', item.nspname, owner);
            END LOOP;
            FOR item IN SELECT relation.oid::regclass AS name, relation.relkind AS kind FROM pg_class relation JOIN pg_namespace schema ON schema.oid = relation.relnamespace
                WHERE schema.nspname NOT LIKE 'pg\_%' AND schema.nspname <> 'information_schema' AND relation.relowner = superuser
                AND relation.relkind IN ('r', 'p', 'v', 'm', 'S')
                AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = relation.oid
                    AND (deptype = 'e' OR (relation.relkind = 'S' AND deptype IN ('a', 'i'))))
            LOOP
                EXECUTE format('ALTER %s %s OWNER TO %I',
                    CASE item.kind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, item.name, owner);
            END LOOP;
            FOR item IN SELECT routine.oid::regprocedure AS name FROM pg_proc routine JOIN pg_namespace schema ON schema.oid = routine.pronamespace
                WHERE schema.nspname NOT LIKE 'pg\_%' AND schema.nspname <> 'information_schema' AND routine.proowner = superuser
                AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = routine.oid AND deptype = 'e')
            LOOP
                EXECUTE format('ALTER ROUTINE %s OWNER TO %I', item.name, owner);
            END LOOP;
        END $$
        """;

    /// <summary>Closes the databases of the server itself to all but the superuser.</summary>
    public static async Task CloseOwnDatabasesAsync(NpgsqlConnection superuser, CancellationToken cancel)
    {
        foreach (var name in new[] { "postgres", "template1" }) await RunAsync(superuser, $"REVOKE ALL ON DATABASE {name} FROM PUBLIC", cancel);
    }

    /// <summary>Creates what is missing of the role and its database, which has the same name, and closes the database to all other roles.</summary>
    public static async Task EnsureAsync(NpgsqlConnection superuser, string name, string password, CancellationToken cancel)
    {
        var role = Quoted(name);
        if (!await IsThereAsync(superuser, "SELECT 1 FROM pg_roles WHERE rolname = $1", name, cancel)) await RunAsync(superuser, $"CREATE ROLE {role}", cancel);
        await RunAsync(superuser,
            $"ALTER ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD '{password.Replace("'", "''", StringComparison.Ordinal)}'", cancel);
        if (!await IsThereAsync(superuser, "SELECT 1 FROM pg_database WHERE datname = $1", name, cancel)) await RunAsync(superuser, $"CREATE DATABASE {role}", cancel);
        // Before anything in it is handed over, so that a start which is killed here does it again.
        await RunAsync(superuser, $"REVOKE ALL ON DATABASE {role} FROM PUBLIC", cancel);
        await RunAsync(superuser, $"ALTER DATABASE {role} OWNER TO {role}", cancel);

        await using var inside = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(superuser.ConnectionString) { Database = name, Pooling = false }.ToString());
        await inside.OpenAsync(cancel);
        await using (var setting = new NpgsqlCommand("SELECT set_config('kener.owner', $1, false)", inside) { Parameters = { new() { Value = name } } })
            await setting.ExecuteNonQueryAsync(cancel);
        await RunAsync(inside, HandOver, cancel);
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

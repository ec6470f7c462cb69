using Aspire.Hosting.ApplicationModel;
using Npgsql;

namespace Kener.Hosting.Servers;

/// <summary>
/// A database of a PostgreSQL server that is not one of Aspire's containers. On a native server, a role of the same name owns it. On a given server,
/// the given connection string is used, whose roles its operator manages.
/// </summary>
internal sealed class DatabaseResource(string name, IResourceWithConnectionString server, ParameterResource? ownerPassword)
    : Resource(name), IResourceWithConnectionString, IResourceWithParent<IResourceWithConnectionString>
{
    public IResourceWithConnectionString Parent => server;

    public ParameterResource? OwnerPassword => ownerPassword;

    public ReferenceExpression ConnectionStringExpression => server is NativePostgres native && ownerPassword is not null
        ? ReferenceExpression.Create($"Host=127.0.0.1;Port={native.Endpoint.Property(EndpointProperty.Port)};Username={Name};Password={ownerPassword};Database={Name}")
        : ReferenceExpression.Create($"{server.ConnectionStringExpression};Database={Name}");
}

internal static class PostgresDatabases
{
    /// <summary>Connects to the server; throws if it does not accept connections.</summary>
    public static async Task ConnectAsync(IResourceWithConnectionString server, CancellationToken cancel) => await (await OpenAsync(server, cancel)).DisposeAsync();

    /// <summary>Creates the database if it is missing, with its role if it has one.</summary>
    public static async Task CreateAsync(DatabaseResource database, CancellationToken cancel)
    {
        await using var connection = await OpenAsync(database.Parent, cancel);
        // One at a time, until the connection closes: PostgreSQL fails concurrent changes of the same catalog row.
        await using (var turn = new NpgsqlCommand("SELECT pg_advisory_lock(4533)", connection)) await turn.ExecuteNonQueryAsync(cancel);
        if (database.OwnerPassword is { } password)
        {
            await PostgresRoles.EnsureAsync(connection, database.Name, (await password.GetValueAsync(cancel))!, cancel);
            await PostgresRoles.CloseOwnDatabasesAsync(connection, cancel);
            return;
        }
        await using var known = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = database.Name } } };
        if (await known.ExecuteScalarAsync(cancel) is not null) return;
        await using var create = new NpgsqlCommand($"CREATE DATABASE \"{database.Name}\"", connection);
        await create.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<NpgsqlConnection> OpenAsync(IResourceWithConnectionString server, CancellationToken cancel)
    {
        var address = new NpgsqlConnectionStringBuilder(await server.GetConnectionStringAsync(cancel)) { Pooling = false, Timeout = 5, PersistSecurityInfo = true };
        if (string.IsNullOrEmpty(address.Database)) address.Database = "postgres";
        var connection = new NpgsqlConnection(address.ToString());
        await connection.OpenAsync(cancel);
        return connection;
    }
}

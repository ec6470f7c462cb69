using Kener.Hosting.Servers;
using Npgsql;

namespace Kener.Hosting.Tests;

/// <summary>Tests the roles of the databases on a real server.</summary>
public sealed class PostgresRolesTests : IAsyncLifetime
{
    private const string Password = "it's-a-password";
    private static readonly string Server = Environment.GetEnvironmentVariable("KENER_TEST_POSTGRES")
        ?? throw new InvalidOperationException("KENER_TEST_POSTGRES is not set: run ./test, or give the connection string of a PostgreSQL server");

    private readonly string _one = "r_" + Guid.NewGuid().ToString("N"), _other = "R " + Guid.NewGuid().ToString("N");
    private readonly NpgsqlConnection _superuser = new(new NpgsqlConnectionStringBuilder(Server) { Pooling = false, PersistSecurityInfo = true }.ToString());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _superuser.OpenAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var name in new[] { _one, _other })
            await RunAsync(_superuser, $"DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)", $"DROP ROLE IF EXISTS \"{name}\"");
        await _superuser.DisposeAsync();
    }

    [Fact]
    public async Task A_role_owns_its_database_and_cannot_connect_to_another_one()
    {
        foreach (var name in new[] { _one, _other }) await PostgresRoles.EnsureAsync(_superuser, name, Password, Cancel);
        await PostgresRoles.CloseOwnDatabasesAsync(_superuser, Cancel);
        await using (var own = await ConnectAsync(_other, _other, Password)) await RunAsync(own, "CREATE TABLE facts (id bigint)", "DROP TABLE facts");
        foreach (var database in new[] { _other, "postgres", "template1" })
        {
            var fault = await Assert.ThrowsAsync<PostgresException>(() => ConnectAsync(_one, database, Password));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, fault.SqlState);
        }
        await using var one = await ConnectAsync(_one, _one, Password);
        foreach (var statement in new[] { "CREATE ROLE another", $"CREATE DATABASE \"{_one}2\"", $"ALTER ROLE \"{_one}\" SUPERUSER", "COPY (SELECT 1) TO PROGRAM 'true'" })
            await Assert.ThrowsAsync<PostgresException>(() => RunAsync(one, statement));
    }

    [Fact]
    public async Task A_new_password_replaces_the_old_one_and_the_data_stays()
    {
        await PostgresRoles.EnsureAsync(_superuser, _one, "the first", Cancel);
        await using (var before = await ConnectAsync(_one, _one, "the first")) await RunAsync(before, "CREATE TABLE facts (id bigint)", "INSERT INTO facts VALUES (1)");
        await PostgresRoles.EnsureAsync(_superuser, _one, Password, Cancel);
        await Assert.ThrowsAsync<PostgresException>(() => ConnectAsync(_one, _one, "the first"));
        await using var own = await ConnectAsync(_one, _one, Password);
        await using var count = new NpgsqlCommand("SELECT count(*) FROM facts", own);
        Assert.Equal(1L, await count.ExecuteScalarAsync(Cancel));
    }

    private static async Task<NpgsqlConnection> ConnectAsync(string? role, string database, string? password)
    {
        var address = new NpgsqlConnectionStringBuilder(Server) { Pooling = false, Database = database };
        if (role is not null) (address.Username, address.Password) = (role, password);
        var connection = new NpgsqlConnection(address.ToString());
        try
        {
            await connection.OpenAsync(Cancel);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static async Task RunAsync(NpgsqlConnection connection, params string[] statements)
    {
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}

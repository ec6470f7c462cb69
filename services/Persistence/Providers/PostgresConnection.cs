using Npgsql;

namespace Kener.Persistence.Providers;

/// <summary>Defaults for connections to PostgreSQL, where the connection string sets nothing else.</summary>
internal static class PostgresConnection
{
    /// <summary>
    /// Returns the connection string with these defaults. A module leaves no state on a connection, so connections are not reset when they return to
    /// the pool. Statements are not prepared automatically: Npgsql fails with a null reference if a connection breaks meanwhile (ADR 17).
    /// </summary>
    public static string? Tuned(string? connectionString)
    {
        if (string.IsNullOrEmpty(connectionString)) return connectionString;
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        if (!builder.ShouldSerialize("No Reset On Close")) builder.NoResetOnClose = true;
        // With a password Kerberos is not needed; looking for its tickets loads five libraries.
        if (builder.Password is not null && !builder.ShouldSerialize("GSS Encryption Mode")) builder.GssEncryptionMode = GssEncryptionMode.Disable;
        return builder.ConnectionString;
    }
}

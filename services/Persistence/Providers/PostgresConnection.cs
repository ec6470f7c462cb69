using Npgsql;

namespace Kener.Persistence;

/// <summary>How a module speaks to PostgreSQL, where its connection string does not say otherwise.</summary>
internal static class PostgresConnection
{
    /// <summary>
    /// Nothing that a module does stays with a connection, so that nothing has to be reset when it comes back to the pool. Statements are not
    /// prepared by themselves: Npgsql fails with a null reference where a connection breaks meanwhile (ADR 17).
    /// </summary>
    public static string? Tuned(string? connectionString)
    {
        if (string.IsNullOrEmpty(connectionString)) return connectionString;
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        if (!builder.ShouldSerialize("No Reset On Close")) builder.NoResetOnClose = true;
        // Who has a password needs no Kerberos; looking for its tickets loads five libraries.
        if (builder.Password is not null && !builder.ShouldSerialize("GSS Encryption Mode")) builder.GssEncryptionMode = GssEncryptionMode.Disable;
        return builder.ConnectionString;
    }
}

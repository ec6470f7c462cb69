using Npgsql;

namespace Kener.Persistence;

/// <summary>How a module speaks to PostgreSQL, where its connection string does not say otherwise.</summary>
internal static class PostgresConnection
{
    private const int PreparedStatements = 100;

    /// <summary>
    /// Statements that come again are planned once: planning takes longer than most of them do. And nothing that a module does stays with a
    /// connection, so that nothing has to be reset when it comes back to the pool.
    /// </summary>
    public static string? Tuned(string? connectionString)
    {
        if (string.IsNullOrEmpty(connectionString)) return connectionString;
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        if (!builder.ShouldSerialize("Max Auto Prepare")) builder.MaxAutoPrepare = PreparedStatements;
        if (!builder.ShouldSerialize("No Reset On Close")) builder.NoResetOnClose = true;
        return builder.ConnectionString;
    }
}

using System.Data.Common;

namespace Kener.TestKit;

/// <summary>A database from before the migrations were squashed into one: its history has migrations that no build contains any more.</summary>
public static class OldDatabase
{
    public static async Task MakeAsync(DbConnection connection)
    {
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = """
            CREATE TABLE "__EFMigrationsHistory" (migration_id varchar(150) PRIMARY KEY, product_version varchar(32) NOT NULL);
            INSERT INTO "__EFMigrationsHistory" VALUES ('20260101000000_Begin', '10.0.0');
            """;
        await command.ExecuteNonQueryAsync();
    }
}

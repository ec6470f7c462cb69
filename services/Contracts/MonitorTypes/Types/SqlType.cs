namespace Kener.Contracts;

/// <summary>SQL: runs a query on a database.</summary>
public static class SqlType
{
    /// <summary>The descriptor.</summary>
    public static MonitorType Descriptor { get; } = new(
        "SQL", CheckedBy.Agents,
        [
            new ChoiceField("dbType", "pg", "pg", "mysql2", "mssql", "oracledb", "sqlite3") { IsRequired = true },
            new TextField("connectionString") { IsRequired = true, IsSecret = true }, new TextField("query", "SELECT 1"), HostFields.Timeout(5_000),
        ],
        """{ "dbType": "pg", "connectionString": "postgresql://kener:$DB_PASSWORD@db.example.com/shop", "query": "SELECT 1", "timeout": 5000 }""");
}

using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Kener.Persistence.Commit;

/// <summary>Builds the statement that keeps the newest received version of each entity of another service (Behavior: ARC-2).</summary>
internal static class Newer
{
    /// <summary>
    /// Returns the statement that inserts the row, or replaces the stored row with its key if that has a lower version; otherwise it changes no row.
    /// So reordered, duplicate and concurrent deliveries have the same outcome.
    /// </summary>
    public static FormattableString Statement<T>(ModuleDb db, T row) where T : class
    {
        var entity = db.Model.FindEntityType(typeof(T))!;
        List<IProperty> properties = [.. entity.GetProperties()];
        var (table, version) = ($"\"{entity.GetTableName()}\"", Column(entity.GetProperty(nameof(IAggregate.Version))));
        return FormattableStringFactory.Create(
            $"INSERT INTO {table} ({Join(properties.Select(Column))}) VALUES ({Join(properties.Select((_, i) => $"{{{i}}}"))}) " +
            $"ON CONFLICT ({Join(entity.FindPrimaryKey()!.Properties.Select(Column))}) " +
            $"DO UPDATE SET {Join(properties.Select(property => $"{Column(property)} = excluded.{Column(property)}"))} WHERE {table}.{version} < excluded.{version}",
            [.. properties.Select(property => ValueOf(property, row))]);
    }

    private static string Join(IEnumerable<string> parts) => string.Join(", ", parts);

    private static string Column(IProperty property) => $"\"{property.GetColumnName()}\"";

    private static object? ValueOf(IProperty property, object row)
    {
        var value = property.PropertyInfo!.GetValue(row);
        return value is not null && property.GetTypeMapping().Converter is { } converter ? converter.ConvertToProvider(value) : value;
    }
}

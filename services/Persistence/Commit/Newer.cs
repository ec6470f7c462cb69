using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Kener.Persistence;

/// <summary>The statement that keeps, of each entity of another service, the newest version that arrived (Behavior: ARC-2).</summary>
internal static class Newer
{
    /// <summary>
    /// Inserts the row, or replaces the one with its key if that has a lower version; changes no row otherwise. Order, duplicates and two
    /// replicas at once do not matter.
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

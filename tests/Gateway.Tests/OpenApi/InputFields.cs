using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using System.Xml.Linq;
using Kener.ServiceDefaults.Json;

namespace Kener.Gateway.Tests.OpenApi;

/// <summary>
/// Describes the fields of input records. A field that may be missing is an <c>Optional</c> of its type, which the document shows without the
/// wrapper. Its description is the doc comment of its property.
/// </summary>
internal static class InputFields
{
    private static readonly Dictionary<string, string> Comments = Directory.EnumerateFiles(AppContext.BaseDirectory, "Kener.*.xml")
        .SelectMany(file => XDocument.Load(file).Descendants("member"))
        .Where(member => member.Element("summary") is not null)
        .GroupBy(member => member.Attribute("name")!.Value, member => member.Element("summary")!.Value)
        .ToDictionary(same => same.Key, same => string.Join(' ', same.First().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));

    public static bool IsInput(Type type) => type.Name.EndsWith("Input", StringComparison.Ordinal);

    /// <summary>Returns the doc comment of a property; null if it has none.</summary>
    public static string? CommentOf(PropertyInfo property) => Comments.GetValueOrDefault($"P:{property.DeclaringType!.FullName}.{property.Name}");

    public static void Unwrap(JsonTypeInfo type)
    {
        if (!IsInput(type.Type)) return;
        for (var i = 0; i < type.Properties.Count; i++)
        {
            var field = type.Properties[i];
            if (field.AttributeProvider is not PropertyInfo property || !property.PropertyType.IsGenericType || property.PropertyType.GetGenericTypeDefinition() != typeof(Optional<>)) continue;
            var plain = type.CreateJsonPropertyInfo(property.PropertyType.GetGenericArguments()[0], field.Name);
            plain.AttributeProvider = property;
            plain.Get = _ => null;
            plain.IsGetNullable = new NullabilityInfoContext().Create(property).GenericTypeArguments[0].ReadState == NullabilityState.Nullable;
            type.Properties[i] = plain;
        }
    }
}

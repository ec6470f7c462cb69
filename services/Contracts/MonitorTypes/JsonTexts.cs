using System.Text.Json;

namespace Kener.Contracts;

/// <summary>Checks that every database can store the texts and names in JSON, which itself allows NUL and unpaired surrogates.</summary>
public static class JsonTexts
{
    /// <summary>Maximum length of a text, in characters.</summary>
    public const int Longest = 65_536;

    /// <summary>Returns what is wrong with the first text or name that cannot be stored; null if all can be.</summary>
    public static string? Fault(JsonElement value) => FaultOfNames(value) ?? FaultOfTexts(value);

    /// <summary>As <see cref="Fault"/>, for the names of fields only.</summary>
    public static string? FaultOfNames(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => First(value.EnumerateArray(), FaultOfNames),
        JsonValueKind.Object => First(value.EnumerateObject(), field => FaultOf(() => field.Name) ?? FaultOfNames(field.Value)),
        _ => null,
    };

    private static string? FaultOfTexts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => FaultOf(() => value.GetString()!, Longest),
        JsonValueKind.Array => First(value.EnumerateArray(), FaultOfTexts),
        JsonValueKind.Object => First(value.EnumerateObject(), field => FaultOfTexts(field.Value)),
        _ => null,
    };

    private static string? First<T>(IEnumerable<T> all, Func<T, string?> fault) => all.Select(fault).FirstOrDefault(found => found is not null);

    private static string? FaultOf(Func<string> read, int longest = int.MaxValue)
    {
        try
        {
            var text = read();
            return text.Contains('\0', StringComparison.Ordinal) ? "Text must not contain the character U+0000"
                : text.Length > longest ? $"Text must not be longer than {longest} characters" : null;
        }
        catch (InvalidOperationException)
        {
            return "Text must be valid Unicode";
        }
    }
}

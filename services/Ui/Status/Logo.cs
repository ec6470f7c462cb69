using System.Globalization;

namespace Kener.Ui.Status;

/// <summary>
/// Which images a page may show. Its readers must not be told on to third parties, so only its own and small ones written into it;
/// for others the name's initials stand in.
/// </summary>
internal static class Logo
{
    private const int LongestInline = 4096;

    /// <summary>Whether the page may show the image.</summary>
    public static bool Allows(string? image) => image switch
    {
        null or "" => false,
        _ when image.Any(c => char.IsControl(c) || c == '\\') => false,
        _ when image.StartsWith("data:image/", StringComparison.Ordinal) => image.Length <= LongestInline,
        _ => image[0] == '/' && !image.StartsWith("//", StringComparison.Ordinal) && image.Length <= 500,
    };

    /// <summary>The first letters of the first two words.</summary>
    public static string Initials(string name)
    {
        var words = name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return string.Concat(words.Take(2).Select(word => StringInfo.GetNextTextElement(word))).ToUpperInvariant();
    }
}

namespace Kener.ServiceDefaults;

/// <summary>A page as it is drawn for some: the language of its words, the IANA zone of its days and times, and the theme.</summary>
/// <param name="Language">A locale that the site offers.</param>
/// <param name="Zone">A zone that this machine knows.</param>
/// <param name="Theme">"light", "dark" or "system".</param>
public sealed record Variant(string Language, string Zone, string Theme)
{
    private const string Pages = "page:", Errors = "page:error/";

    /// <summary>The board's key of the page at that path, such as "/europe"; null: as those see it who chose nothing.</summary>
    public static string KeyOf(string path, Variant? variant) =>
        variant is null ? Pages + path : $"{Pages}{path}?{variant.Language}&{variant.Zone}&{variant.Theme}";

    /// <summary>The path in the key of a page; of another key, text that is no path.</summary>
    internal static string PathOf(string key) => key.StartsWith(Pages, StringComparison.Ordinal) ? key[Pages.Length..].Split('?')[0] : key;

    /// <summary>The board's key of what is shown where there is no page: 404, 410 or 503. It has no times, so the zone does not count.</summary>
    public static string KeyOfError(int status, string language, string theme) => $"{Errors}{status}?{language}&{theme}";
}

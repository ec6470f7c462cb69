namespace Kener.ServiceDefaults.Snapshots;

/// <summary>A variant of a page: the language of its text, the IANA zone of its days and times, and the theme.</summary>
/// <param name="Language">A locale that the site offers.</param>
/// <param name="Zone">A zone of this machine's tzdata.</param>
/// <param name="Theme">"light", "dark" or "system".</param>
public sealed record Variant(string Language, string Zone, string Theme)
{
    private const string Pages = "page:", Errors = "page:error/";

    /// <summary>Returns the snapshot key of the page at a path such as "/europe"; without a variant, that of the default page.</summary>
    public static string KeyOf(string path, Variant? variant) =>
        variant is null ? Pages + path : $"{Pages}{path}?{variant.Language}&{variant.Zone}&{variant.Theme}";

    /// <summary>Returns the path in the key of a page; for any other key, text that is not a path.</summary>
    internal static string PathOf(string key) => key.StartsWith(Pages, StringComparison.Ordinal) ? key[Pages.Length..].Split('?')[0] : key;

    /// <summary>Returns the snapshot key of the error page for a status: 404, 410 or 503. It shows no times, so the zone does not count.</summary>
    public static string KeyOfError(int status, string language, string theme) => $"{Errors}{status}?{language}&{theme}";
}

namespace Kener.Contracts;

/// <summary>
/// The site's settings as other services need them. There is one site. Its version increases with each change; consumers ignore lower and equal
/// versions. Status publishes it at its first start, with each change and in a replay.
/// </summary>
public sealed record SiteChanged
{
    /// <summary>The id of the site, where an id is needed.</summary>
    public const long TheOne = 1;

    /// <summary>Time of the last change in Unix milliseconds, always higher than the version before.</summary>
    public required long Version { get; init; }
    /// <summary>The organization's name, plain text.</summary>
    public string Name { get; init; } = "";
    /// <summary>The public URL of Kener, without a trailing slash.</summary>
    public string Url { get; init; } = "";
    /// <summary>The locale of visitors who chose none, such as "en".</summary>
    public string Language { get; init; } = "en";
    /// <summary>The IANA time zone of visitors who chose none.</summary>
    public string Zone { get; init; } = "UTC";
    /// <summary>Days for which results and history of a monitor without a setting of its own are kept; null to keep them forever.</summary>
    public int? RetentionDays { get; init; }
}

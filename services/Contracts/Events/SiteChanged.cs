namespace Kener.Contracts;

/// <summary>
/// The site's settings as they now are, as far as others need them. There is one site; its versions grow with each change, and a consumer
/// ignores lower or equal ones. Status tells of it at the start of its first run, at each change, and in a replay.
/// </summary>
public sealed record SiteChanged
{
    /// <summary>The id of the site where one is needed.</summary>
    public const long TheOne = 1;

    /// <summary>The Unix milliseconds of the last change, and always more than before.</summary>
    public required long Version { get; init; }
    /// <summary>The organisation's name, plain text.</summary>
    public string Name { get; init; } = "";
    /// <summary>The address under which the world reaches Kener, without a trailing slash.</summary>
    public string Url { get; init; } = "";
    /// <summary>The locale of those who chose none, such as "en".</summary>
    public string Language { get; init; } = "en";
    /// <summary>The IANA zone of those who chose none.</summary>
    public string Zone { get; init; } = "UTC";
    /// <summary>How long what was observed is kept where a monitor says nothing else, in days; null for ever.</summary>
    public int? RetentionDays { get; init; }
}

namespace Kener.Contracts;

/// <summary>Fields that several types share.</summary>
internal static class HostFields
{
    /// <summary>The longest time of one check, ms: its minute must not be over before it ends.</summary>
    public const int LongestTimeout = 55_000;

    public static ChoiceField HostType { get; } = new("type", "DOMAIN", "IP4", "IP6", "DOMAIN");

    public static TextField Host { get; } = new("host") { IsRequired = true, Rule = HostRule };

    public static WholeField Port(int byDefault) => new("port", byDefault, 1, 65_535);

    public static WholeField Timeout(int byDefault) => new("timeout", byDefault, 1, LongestTimeout);

    private static string? HostRule(string text) =>
        string.IsNullOrWhiteSpace(text) || Uri.CheckHostName(text.Trim().Trim('[', ']')) != UriHostNameType.Unknown ? null : "give a host name or an IP address";
}

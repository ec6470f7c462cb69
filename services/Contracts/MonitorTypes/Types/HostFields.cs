namespace Kener.Contracts;

/// <summary>Fields and rules that several types share.</summary>
internal static class HostFields
{
    /// <summary>Maximum timeout of a check, in ms: a check must end before the next one is due, a minute later.</summary>
    public const int LongestTimeout = 55_000;

    public static ChoiceField HostType { get; } = new("type", "DOMAIN", "IP4", "IP6", "DOMAIN");

    public static TextField Host { get; } = new("host") { IsRequired = true, Rule = HostRule };

    public static WholeField Port(int byDefault) => new("port", byDefault, 1, 65_535);

    public static WholeField Timeout(int byDefault) => new("timeout", byDefault, 1, LongestTimeout);

    private static string? HostRule(string text) =>
        string.IsNullOrWhiteSpace(text) || Uri.CheckHostName(text.Trim().Trim('[', ']')) != UriHostNameType.Unknown ? null : "give a host name or an IP address";
}

namespace Kener.Contracts;

/// <summary>HEARTBEAT: a job that calls, and is down when it falls silent.</summary>
public static class HeartbeatType
{
    private const double MostMinutes = 525_600;

#pragma warning disable CS1591 // Each field is named as in JSON.
    public static NumberField DegradedRemainingMinutes { get; } = new("degradedRemainingMinutes", 5, 0, MostMinutes);
    public static NumberField DownRemainingMinutes { get; } = new("downRemainingMinutes", 10, 0, MostMinutes);
    public static TextField SecretString { get; } = new("secretString") { IsSecret = true, Rule = SecretRule };
#pragma warning restore CS1591

    /// <summary>The type.</summary>
    public static MonitorType Descriptor { get; } = new(
        MonitorTypes.Heartbeat, CheckedBy.Clock, [DegradedRemainingMinutes, DownRemainingMinutes, SecretString],
        """{ "degradedRemainingMinutes": 5, "downRemainingMinutes": 10, "secretString": "correct-horse" }""");

    // It is a segment of an address.
    private static string? SecretRule(string secret) => secret is { Length: > 512 } or "." or ".." ? "give at most 512 characters, and neither \".\" nor \"..\"" : null;
}

namespace Kener.Contracts;

/// <summary>HEARTBEAT: expects regular pings from a job, and is DOWN when they stop.</summary>
public static class HeartbeatType
{
    private const double MostMinutes = 525_600;

#pragma warning disable CS1591 // The properties are named as in JSON.
    public static NumberField DegradedRemainingMinutes { get; } = new("degradedRemainingMinutes", 5, 0, MostMinutes);
    public static NumberField DownRemainingMinutes { get; } = new("downRemainingMinutes", 10, 0, MostMinutes);
    public static TextField SecretString { get; } = new("secretString") { IsSecret = true, Rule = SecretRule };
#pragma warning restore CS1591

    /// <summary>The descriptor.</summary>
    public static MonitorType Descriptor { get; } = new(
        MonitorTypes.Heartbeat, CheckedBy.Clock, [DegradedRemainingMinutes, DownRemainingMinutes, SecretString],
        """{ "degradedRemainingMinutes": 5, "downRemainingMinutes": 10, "secretString": "correct-horse" }""");

    // The secret is a path segment of the ping URL.
    private static string? SecretRule(string secret) => secret is { Length: > 512 } or "." or ".." ? "give at most 512 characters, and neither \".\" nor \"..\"" : null;
}

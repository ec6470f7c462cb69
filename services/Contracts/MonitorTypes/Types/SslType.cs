namespace Kener.Contracts;

/// <summary>SSL: checks when a certificate expires.</summary>
public static class SslType
{
    private const double MostHours = 876_000;

    /// <summary>The descriptor.</summary>
    public static MonitorType Descriptor { get; } = new(
        "SSL", CheckedBy.Agents,
        [HostFields.Host, HostFields.Port(443), new NumberField("degradedRemainingHours", 168, 0, MostHours), new NumberField("downRemainingHours", 24, 0, MostHours)],
        """{ "host": "example.com", "port": "443", "degradedRemainingHours": 168, "downRemainingHours": 24 }""");
}

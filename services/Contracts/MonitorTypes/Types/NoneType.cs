namespace Kener.Contracts;

/// <summary>NONE: is not checked; people set its status.</summary>
public static class NoneType
{
    /// <summary>Whether the last recorded status is carried forward (Behavior: STA-7).</summary>
    public static FlagField OverrideWithLastKnownStatus { get; } = new("overrideWithLastKnownStatus", false);

    /// <summary>The descriptor.</summary>
    public static MonitorType Descriptor { get; } = new(
        MonitorTypes.None, CheckedBy.People, [OverrideWithLastKnownStatus], """{ "overrideWithLastKnownStatus": true }""");
}

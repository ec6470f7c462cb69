namespace Kener.Contracts;

/// <summary>NONE: a monitor that nothing checks; people say what its status is.</summary>
public static class NoneType
{
    /// <summary>Whether the last status that people gave holds on.</summary>
    public static FlagField OverrideWithLastKnownStatus { get; } = new("overrideWithLastKnownStatus", false);

    /// <summary>The type.</summary>
    public static MonitorType Descriptor { get; } = new(
        MonitorTypes.None, CheckedBy.People, [OverrideWithLastKnownStatus], """{ "overrideWithLastKnownStatus": true }""");
}

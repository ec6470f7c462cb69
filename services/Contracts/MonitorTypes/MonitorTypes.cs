using System.Collections.Frozen;

namespace Kener.Contracts;

/// <summary>The eleven types of monitors. A new one is a descriptor, listed here, and a check in the agent.</summary>
public static class MonitorTypes
{
#pragma warning disable CS1591 // Each constant says no more than its text.
    public const string Api = "API", None = "NONE", Group = "GROUP", Heartbeat = "HEARTBEAT";
#pragma warning restore CS1591

    /// <summary>The descriptors, in the order of API v4's documents.</summary>
    public static IReadOnlyList<MonitorType> Descriptors { get; } =
    [
        ApiType.Descriptor, PingType.Descriptor, TcpType.Descriptor, DnsType.Descriptor, NoneType.Descriptor, GroupType.Descriptor,
        SslType.Descriptor, SqlType.Descriptor, HeartbeatType.Descriptor, GameType.Descriptor, GrpcType.Descriptor,
    ];

    private static readonly FrozenDictionary<string, MonitorType> ByName = Descriptors.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);

    /// <summary>The names of all.</summary>
    public static string[] All { get; } = [.. Descriptors.Select(type => type.Name)];

    /// <summary>The names of those that agents check.</summary>
    public static string[] OfAgents { get; } = NamesOf(CheckedBy.Agents);

    /// <summary>The names of those that the Monitors service evaluates by the clock.</summary>
    public static string[] OfClock { get; } = NamesOf(CheckedBy.Clock);

    /// <summary>The descriptor of that name; null where there is none.</summary>
    public static MonitorType? Find(string name) => ByName.GetValueOrDefault(name);

    private static string[] NamesOf(CheckedBy by) => [.. Descriptors.Where(type => type.CheckedBy == by).Select(type => type.Name)];
}

using System.Collections.Frozen;

namespace Kener.Contracts;

/// <summary>The eleven monitor types. To add one, list its descriptor here and implement its check in the agent.</summary>
public static class MonitorTypes
{
#pragma warning disable CS1591 // The names say it all.
    public const string Api = "API", None = "NONE", Group = "GROUP", Heartbeat = "HEARTBEAT";
#pragma warning restore CS1591

    /// <summary>All descriptors, in the order of API v4's documentation.</summary>
    public static IReadOnlyList<MonitorType> Descriptors { get; } =
    [
        ApiType.Descriptor, PingType.Descriptor, TcpType.Descriptor, DnsType.Descriptor, NoneType.Descriptor, GroupType.Descriptor,
        SslType.Descriptor, SqlType.Descriptor, HeartbeatType.Descriptor, GameType.Descriptor, GrpcType.Descriptor,
    ];

    private static readonly FrozenDictionary<string, MonitorType> ByName = Descriptors.ToFrozenDictionary(type => type.Name, StringComparer.Ordinal);

    /// <summary>Names of all types.</summary>
    public static string[] All { get; } = [.. Descriptors.Select(type => type.Name)];

    /// <summary>Names of the types that agents check.</summary>
    public static string[] OfAgents { get; } = NamesOf(CheckedBy.Agents);

    /// <summary>Names of the types that the Monitors service evaluates by the clock.</summary>
    public static string[] OfClock { get; } = NamesOf(CheckedBy.Clock);

    /// <summary>Returns the descriptor of that name; null if there is none.</summary>
    public static MonitorType? Find(string name) => ByName.GetValueOrDefault(name);

    private static string[] NamesOf(CheckedBy by) => [.. Descriptors.Where(type => type.CheckedBy == by).Select(type => type.Name)];
}

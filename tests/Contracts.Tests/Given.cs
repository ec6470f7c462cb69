using CsCheck;

namespace Kener.Contracts.Tests;

/// <summary>Generators of what the rules are asked about, small enough to meet often.</summary>
internal static class Given
{
    public static readonly Gen<MonitorStatus> Status = Gen.Int[0, 4].Select(number => (MonitorStatus)number);

    private static readonly Gen<MonitorStatus> IncidentImpact = Gen.Int[2, 4].Select(number => (MonitorStatus)number);
    private static readonly Gen<MonitorStatus> MaintenanceImpact = Gen.Int[1, 4].Select(number => (MonitorStatus)number);

    /// <summary>Around the instants 0 to 10; now and then open, empty or ending before it starts.</summary>
    public static readonly Gen<Overlay> Overlay = OverlayBetween(Gen.Long[0, 10]);

    public static Gen<Overlay> OverlayBetween(Gen<long> instant) => Gen.OneOf(
        Gen.Select(instant, instant.Nullable(), IncidentImpact).Select((start, end, impact) => new Overlay(OverlayKind.Incident, start, end, impact)),
        Gen.Select(instant, instant.Nullable(), MaintenanceImpact).Select((start, end, impact) => new Overlay(OverlayKind.Maintenance, start, end, impact)));

    public static readonly Gen<DayCounts> Counts = Gen.Select(Gen.Int[0, 1440], Gen.Int[0, 1440], Gen.Int[0, 1440], Gen.Int[0, 1440])
        .Select((up, degraded, down, maintenance) => new DayCounts(up, degraded, down, maintenance));
}

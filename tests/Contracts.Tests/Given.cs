using CsCheck;

namespace Kener.Contracts.Tests;

/// <summary>Generators of inputs for the rules, from ranges so small that values often coincide.</summary>
internal static class Given
{
    public static readonly Gen<MonitorStatus> Status = Gen.Int[0, 4].Select(number => (MonitorStatus)number);

    private static readonly Gen<MonitorStatus> IncidentImpact = Gen.Int[2, 4].Select(number => (MonitorStatus)number);
    private static readonly Gen<MonitorStatus> MaintenanceImpact = Gen.Int[1, 4].Select(number => (MonitorStatus)number);

    /// <summary>Generates overlays around the instants 0 to 10; some are open, empty, or end before they start.</summary>
    public static readonly Gen<Overlay> Overlay = OverlayBetween(Gen.Long[0, 10]);

    public static Gen<Overlay> OverlayBetween(Gen<long> instant) => Gen.OneOf(
        Gen.Select(instant, instant.Nullable(), IncidentImpact).Select((start, end, impact) => new Overlay(OverlayKind.Incident, start, end, impact)),
        Gen.Select(instant, instant.Nullable(), MaintenanceImpact).Select((start, end, impact) => new Overlay(OverlayKind.Maintenance, start, end, impact)));

    public static readonly Gen<DayCounts> Counts = Gen.Select(Gen.Int[0, 1440], Gen.Int[0, 1440], Gen.Int[0, 1440], Gen.Int[0, 1440])
        .Select((up, degraded, down, maintenance) => new DayCounts(up, degraded, down, maintenance));
}

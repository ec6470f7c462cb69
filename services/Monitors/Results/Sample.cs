using Kener.Contracts;

namespace Kener.Monitors;

/// <summary>A recorded minute as API v4 shows it: overlays laid over, the observed status in raw_status (spec/decisions 11).</summary>
internal sealed record Sample(string MonitorTag, long Timestamp, string Status, double Latency, string Type, string RawStatus)
{
    public static Sample Of(string tag, Result result, ReadOnlySpan<Overlay> overlays)
    {
        var over = EffectiveStatus.Overlaid(result.Minute, overlays);
        var type = over is { } impact ? Winner(result.Minute, impact, overlays) : result.Type.ToString().ToUpperInvariant();
        return new Sample(tag, result.Minute, (over ?? result.Status).ToWord(), result.Latency, type, result.Status.ToWord());
    }

    // The same precedence as EffectiveStatus: a maintenance over incidents, save over a DOWN that an incident states.
    private static string Winner(long minute, MonitorStatus impact, ReadOnlySpan<Overlay> overlays)
    {
        var maintained = false;
        foreach (var overlay in overlays)
        {
            if (!overlay.Covers(minute)) continue;
            if (overlay.Kind == OverlayKind.Maintenance) maintained = true;
            else if (overlay.Impact == MonitorStatus.Down && impact == MonitorStatus.Down) return "INCIDENT";
        }
        return maintained ? "MAINTENANCE" : "INCIDENT";
    }
}

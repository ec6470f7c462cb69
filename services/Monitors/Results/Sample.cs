using Kener.Contracts;

namespace Kener.Monitors;

/// <summary>A recorded minute as API v4 shows it: overlays laid over, the observed status in raw_status (Behavior: API-10).</summary>
internal sealed record Sample(string MonitorTag, long Timestamp, string Status, double Latency, string Type, string RawStatus)
{
    public static Sample Of(string tag, Result result, ReadOnlySpan<Overlay> overlays)
    {
        var over = EffectiveStatus.Deciding(result.Minute, overlays);
        var type = over is { } decided ? decided.Kind.ToString() : result.Type.ToString();
        return new Sample(tag, result.Minute, (over?.Impact ?? result.Status).ToWord(), result.Latency, type.ToUpperInvariant(), result.Status.ToWord());
    }
}

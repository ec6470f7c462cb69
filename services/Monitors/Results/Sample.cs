using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Kener.Contracts;

namespace Kener.Monitors.Results;

/// <summary>A recorded minute in API v4: the status with overlays applied, and the observed status in raw_status (Behavior: API-10).</summary>
internal sealed record Sample(
    string MonitorTag,
    [property: Description("Start of the minute, in Unix seconds.")] long Timestamp,
    [property: AllowedValues("UP", "DOWN", "DEGRADED", "MAINTENANCE", "NO_DATA"), Description("Effective status, with incidents and maintenances applied.")] string Status,
    [property: Description("Milliseconds.")] double Latency,
    [property: Description("What decides the status: the kind of result, or INCIDENT or MAINTENANCE.")] string Type,
    [property: AllowedValues("UP", "DOWN", "DEGRADED", "MAINTENANCE", "NO_DATA"), Description("Observed status.")] string RawStatus)
{
    public static Sample Of(string tag, Result result, ReadOnlySpan<Overlay> overlays)
    {
        var over = EffectiveStatus.Deciding(result.Minute, overlays);
        var type = over is { } decided ? decided.Kind.ToString() : result.Type.ToString();
        return new Sample(tag, result.Minute, (over?.Impact ?? result.Status).ToWord(), result.Latency, type.ToUpperInvariant(), result.Status.ToWord());
    }
}

/// <summary>The response to a request for a range of recorded minutes.</summary>
internal sealed record SampleList(IAsyncEnumerable<Sample> Data);

/// <summary>The response to a request for one recorded minute.</summary>
internal sealed record OneSample(Sample Data);

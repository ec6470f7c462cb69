using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Kener.Monitors.OpenApi;

/// <summary>Describes the body of a correction of a range of minutes in the OpenAPI document. Requests are not read with it.</summary>
internal sealed record RangeBody(
    [property: Description("Unix seconds.")] long StartTs,
    [property: Description("Unix seconds, at most 366 days after start_ts.")] long EndTs,
    [property: AllowedValues("UP", "DOWN", "DEGRADED")] string Status,
    [property: Description("Milliseconds."), Range(0, 1e9)] double Latency,
    [property: Description("Each latency differs from the given one by a random number of milliseconds up to this one."), Range(0, 1e9), DefaultValue(0d)] double? Deviation);

/// <summary>Describes the body of a correction of one minute in the OpenAPI document. Requests are not read with it.</summary>
internal sealed record MinuteBody(
    [property: AllowedValues("UP", "DOWN", "DEGRADED")] string Status,
    [property: Description("Milliseconds."), Range(0, 1e9)] double Latency);

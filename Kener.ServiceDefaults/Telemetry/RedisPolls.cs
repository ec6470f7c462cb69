using System.Diagnostics;
using OpenTelemetry;

namespace Kener.ServiceDefaults;

/// <summary>
/// Leaves out what the background loops ask Redis once a second: those commands belong to no span of Kener, and would be a trace each.
/// </summary>
internal sealed class RedisPolls : BaseProcessor<Activity>
{
    // The instrumentation inside Aspire's package.
    private const string Source = "OpenTelemetry.Instrumentation.StackExchangeRedis";

    public override void OnStart(Activity data)
    {
        if (data.Source.Name == Source && data.ParentSpanId == default) data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}

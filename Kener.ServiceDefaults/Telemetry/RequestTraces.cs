using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Kener.ServiceDefaults.Telemetry;

/// <summary>
/// Starts a trace only where a request or a message arrives: health probes, and what background loops query in PostgreSQL and Redis every second,
/// would drown out the rest. Spans inside a trace follow their parent.
/// </summary>
internal sealed class RequestTraces : Sampler
{
    /// <summary>The name of YARP's own health probes, which have the kind of a consumer.</summary>
    private const string ProxyHealth = "proxy.cluster_health_checks";

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(samplingParameters.Kind is ActivityKind.Server or ActivityKind.Consumer && samplingParameters.Name != ProxyHealth
            ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
}

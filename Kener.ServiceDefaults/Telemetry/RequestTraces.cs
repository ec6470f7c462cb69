using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Kener.ServiceDefaults;

/// <summary>
/// Begins a trace where a request or a message arrives, and nowhere else: health probes and what background loops ask PostgreSQL and Redis every
/// second would bury the rest. Spans inside a trace follow their parent.
/// </summary>
internal sealed class RequestTraces : Sampler
{
    /// <summary>YARP gives its own health probes the kind of a consumer.</summary>
    private const string ProxyHealth = "proxy.cluster_health_checks";

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        new(samplingParameters.Kind is ActivityKind.Server or ActivityKind.Consumer && samplingParameters.Name != ProxyHealth
            ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
}

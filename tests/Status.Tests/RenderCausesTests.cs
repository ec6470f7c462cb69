using System.Diagnostics;
using Kener.ServiceDefaults.Telemetry;
using Kener.Status.Projections;

namespace Kener.Status.Tests;

public sealed class RenderCausesTests : IDisposable
{
    private static readonly ActivitySource Events = new(nameof(RenderCausesTests));
    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name is KenerTraces.SourceName or nameof(RenderCausesTests),
        Sample = static (ref options) => options.Name == "left out" ? ActivitySamplingResult.PropagationData : ActivitySamplingResult.AllDataAndRecorded,
    };
    private readonly RenderCauses _causes = new();

    public RenderCausesTests() => ActivitySource.AddActivityListener(_listener);

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void A_rendering_continues_the_trace_of_its_first_cause_and_links_to_the_others()
    {
        var (first, second, third) = (On("one"), On("two"), On("three"));
        using var drawing = RenderCauses.Start("draw pages", _causes)!;
        Assert.Equal((first.TraceId, first.SpanId), (drawing.TraceId, drawing.ParentSpanId));
        Assert.Equal([second, third], drawing.Links.Select(link => link.Context));
    }

    [Fact]
    public void An_event_is_the_cause_of_one_rendering_only()
    {
        var caused = On("one");
        using (RenderCauses.Start("draw pages", _causes)) { }
        using var next = RenderCauses.Start("draw pages", _causes)!;
        Assert.NotEqual(caused.TraceId, next.TraceId);
        Assert.Equal(default, next.ParentSpanId);
    }

    [Fact]
    public void An_event_that_is_not_recorded_does_not_suppress_the_span_of_the_rendering()
    {
        On("left out");
        var recorded = On("one");
        using var drawing = RenderCauses.Start("draw pages", _causes)!;
        Assert.Equal(recorded.TraceId, drawing.TraceId);
        Assert.Empty(drawing.Links);
    }

    private ActivityContext On(string name)
    {
        using var activity = Events.StartActivity(name)!;
        _causes.Add();
        return activity.Context;
    }
}

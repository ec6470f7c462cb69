using System.Diagnostics;

namespace Kener.ServiceDefaults.Telemetry;

/// <summary>
/// Starts Kener's own spans. They continue a trace where no library does: across the outbox, and from an event to the background loop that shows its
/// effect. While no telemetry is exported, no span is created and no context is read.
/// </summary>
public static class KenerTraces
{
    /// <summary>The name of the activity source.</summary>
    public const string SourceName = "Kener";
    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The context of the current span; default if there is none.</summary>
    public static ActivityContext Current => Span?.Context ?? default;

    /// <summary>The current span as a W3C traceparent, to be stored; null if there is none.</summary>
    public static string? CurrentId => Span?.Id;

    // ASP.NET Core creates an activity for each request even if no telemetry is exported. One in the older, hierarchical format has an id of any
    // length, chosen by the client.
    private static Activity? Span => Source.HasListeners() && Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current : null;

    /// <summary>Starts a span that continues a stored traceparent; returns null if there is none.</summary>
    public static Activity? Continue(string name, string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var cause) ? Start(name, cause) : null;

    /// <summary>Starts a span that continues the context, or a new trace if it is default.</summary>
    public static Activity? Start(string name, ActivityContext cause = default, IEnumerable<ActivityLink>? links = null) =>
        Source.StartActivity(name, ActivityKind.Internal, cause, links: links);
}

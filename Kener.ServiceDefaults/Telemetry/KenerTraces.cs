using System.Diagnostics;

namespace Kener.ServiceDefaults;

/// <summary>
/// Kener's own spans. They carry a trace where no library does: over the outbox, and from an event to the background loop that shows its
/// effect. While no telemetry is sent, no span is created and no context is read.
/// </summary>
public static class KenerTraces
{
    /// <summary>The name of their source.</summary>
    public const string SourceName = "Kener";
    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The context of the current span; default where there is none.</summary>
    public static ActivityContext Current => Span?.Context ?? default;

    /// <summary>The same as a W3C traceparent, to be stored; null where there is none.</summary>
    public static string? CurrentId => Span?.Id;

    // ASP.NET Core creates an activity for each request even where no telemetry is sent. One in the older, hierarchical format has an id of any
    // length, chosen by the client.
    private static Activity? Span => Source.HasListeners() && Activity.Current is { IdFormat: ActivityIdFormat.W3C } current ? current : null;

    /// <summary>Starts a span that continues a stored traceparent; null where there is none.</summary>
    public static Activity? Continue(string name, string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var cause) ? Start(name, cause) : null;

    /// <summary>Starts a span that continues that context, or a trace of its own where it is default.</summary>
    public static Activity? Start(string name, ActivityContext cause = default, IEnumerable<ActivityLink>? links = null) =>
        Source.StartActivity(name, ActivityKind.Internal, cause, links: links);
}

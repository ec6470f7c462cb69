using System.Diagnostics;
using Kener.ServiceDefaults;

namespace Kener.Status.Snapshots;

/// <summary>The traces that led to the next drawing: its span continues the first of them and links to the others.</summary>
internal sealed class DrawCauses
{
    // A burst of events draws once; its first traces are enough to find.
    private const int Most = 32;
    private readonly Lock _gate = new();
    private List<ActivityContext>? _causes;

    /// <summary>Adds the current trace.</summary>
    public void Add()
    {
        var cause = KenerTraces.Current;
        // One that is not recorded would take the spans of the drawing, and of the other causes, with it.
        if ((cause.TraceFlags & ActivityTraceFlags.Recorded) == 0) return;
        lock (_gate)
        {
            _causes ??= [];
            if (_causes.Count < Most) _causes.Add(cause);
        }
    }

    /// <summary>Starts the drawing's span, and forgets what led to it.</summary>
    public Activity? Start(string name)
    {
        List<ActivityContext>? causes;
        lock (_gate) (causes, _causes) = (_causes, null);
        return causes is null ? KenerTraces.Start(name) : KenerTraces.Start(name, causes[0], causes.Skip(1).Select(cause => new ActivityLink(cause)));
    }
}

using System.Diagnostics;
using Kener.ServiceDefaults.Telemetry;

namespace Kener.Status.Projections;

/// <summary>The traces that caused the next rendering: its span continues the first of them and links to the others.</summary>
internal sealed class RenderCauses
{
    // A burst of events causes one rendering; links to its first traces are enough.
    private const int Most = 32;
    private readonly Lock _gate = new();
    private IReadOnlyList<ActivityContext> _causes = [];

    /// <summary>Adds the current trace.</summary>
    public void Add()
    {
        var cause = KenerTraces.Current;
        // A parent that is not recorded would suppress the span of the rendering, and with it the links to the other causes.
        if ((cause.TraceFlags & ActivityTraceFlags.Recorded) != 0) Add([cause]);
    }

    /// <summary>Adds all of another set of causes.</summary>
    public void Add(RenderCauses others)
    {
        if (Volatile.Read(ref others._causes) is { Count: > 0 } causes) Add(causes);
    }

    /// <summary>Starts the span of one rendering for all of these causes, and clears them.</summary>
    public static Activity? Start(string name, params IEnumerable<RenderCauses> several)
    {
        List<ActivityContext> causes = [.. several.SelectMany(one => one.Take()).Distinct().Take(Most)];
        return causes.Count == 0 ? KenerTraces.Start(name) : KenerTraces.Start(name, causes[0], causes.Skip(1).Select(cause => new ActivityLink(cause)));
    }

    private IReadOnlyList<ActivityContext> Take()
    {
        lock (_gate)
        {
            var taken = _causes;
            _causes = [];
            return taken;
        }
    }

    private void Add(IReadOnlyList<ActivityContext> causes)
    {
        lock (_gate) _causes = [.. _causes.Concat(causes).Distinct().Take(Most)];
    }
}

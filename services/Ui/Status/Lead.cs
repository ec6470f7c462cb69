namespace Kener.Ui.Status;

/// <summary>The sentence below a page's message: what is broken, for a reader who reads no further.</summary>
internal static class Lead
{
    private const int NamedAtMost = 3;

    /// <summary>The open global incident, else the monitors that are not well; null where the message says it all.</summary>
    public static string? Of(StatusPageView view)
    {
        if (view.GlobalIncident is { } title)
        {
            var more = view.Ongoing.Count(incident => incident.IsGlobal) - 1;
            return more > 0 ? $"{title} and {more} more" : title;
        }
        return view.Affected.Count == 0 ? null : "Affected: " + Names(view.Affected);
    }

    private static string Names(IReadOnlyList<string> names)
    {
        List<string> parts = names.Count <= NamedAtMost + 1 ? [.. names] : [.. names.Take(NamedAtMost), $"{names.Count - NamedAtMost} more"];
        return parts.Count == 1 ? parts[0] : $"{string.Join(", ", parts[..^1])} and {parts[^1]}";
    }
}

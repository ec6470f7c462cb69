using Kener.Ui.Text;

namespace Kener.Ui.Status;

/// <summary>The sentence below the message of a page, which names what is affected.</summary>
internal static class Lead
{
    private const int NamedAtMost = 3;

    /// <summary>
    /// Returns the title of the open global incident, else the names of the affected monitors; null if the message needs no addition.
    /// </summary>
    public static string? Of(StatusPageView view, Localizer reader) => Of(view, reader, name => name);

    /// <summary>Returns the same as HTML.</summary>
    public static string? Html(StatusPageView view, Localizer reader) => Of(view, reader, Bidi.Isolate);

    private static string? Of(StatusPageView view, Localizer reader, Func<string, string> write)
    {
        if (view.GlobalIncident is { } title)
        {
            var more = view.Ongoing.Count(shown => shown.Incident.IsGlobal) - 1;
            return string.IsNullOrWhiteSpace(title) ? null : more > 0 ? reader.List([write(title), reader.Count("{0} more", more)]) : write(title);
        }
        return view.Affected.Count == 0 ? null : reader.Fill("Affected: {0}", reader.List([.. view.Affected.Select(write)], NamedAtMost));
    }
}

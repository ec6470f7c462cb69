using Kener.Ui.Text;

namespace Kener.Ui.Status;

/// <summary>The sentence below a page's message: what is broken, for a reader who reads no further.</summary>
internal static class Lead
{
    private const int NamedAtMost = 3;

    /// <summary>The open global incident, else the monitors that are not well; null where the message says it all.</summary>
    public static string? Of(StatusPageView view, Localizer reader) => Of(view, reader, name => name);

    /// <summary>Returns the same as HTML.</summary>
    public static string? Html(StatusPageView view, Localizer reader) => Of(view, reader, Bidi.Isolate);

    private static string? Of(StatusPageView view, Localizer reader, Func<string, string> write)
    {
        if (view.GlobalIncident is { } title)
        {
            var more = view.Ongoing.Count(incident => incident.IsGlobal) - 1;
            return string.IsNullOrWhiteSpace(title) ? null : more > 0 ? reader.List([write(title), reader.Count("{0} more", more)]) : write(title);
        }
        return view.Affected.Count == 0 ? null : reader.Fill("Affected: {0}", reader.List([.. view.Affected.Select(write)], NamedAtMost));
    }
}

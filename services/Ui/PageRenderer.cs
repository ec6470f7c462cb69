using System.Text;
using Kener.Ui.Pages;
using Kener.Ui.Status;
using Kener.Ui.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kener.Ui;

/// <summary>Renders pages as complete documents. Thread-safe. The same view always gives the same bytes.</summary>
public sealed class PageRenderer(IServiceProvider services)
{
    /// <summary>
    /// Appears once in every page, as the first child of main. A server that serves an outdated page replaces it with
    /// <c>&lt;p class="age" role="status"&gt;…&lt;/p&gt;</c>, which the page's CSS styles. No text of a user can contain it.
    /// </summary>
    public const string AgeMarker = "<!--age-->";

    // Encodes an unpaired surrogate, which a user may send, as U+FFFD; the default encoding of a writer would throw.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private readonly ILoggerFactory _logs = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
    private readonly DrawnRows _rows = new();
    private MemoryStream? _spare;

    /// <summary>Renders a status page. Rows that were rendered before, from the same view in the same language and form, are reused.</summary>
    public async Task<RenderedPage> HomeAsync(StatusPageView view)
    {
        var reader = new Localizer(view.Audience, view.Site.Dates);
        var style = RowStyle.Of(view);
        var own = OwnColours.Style(view.Site, style.SharedDays, view.DaysOnPhones);
        return await DrawAsync<HomePage>(reader, view.Site, own, view.Rows.Select(row => row.Image).Append(view.Logo), new()
        {
            ["View"] = view,
            ["Style"] = style,
            ["Rows"] = await RowsAsync(view, style, reader),
        });
    }

    /// <summary>Renders the page of an incident.</summary>
    public Task<RenderedPage> IncidentAsync(IncidentPageView view) =>
        DrawAsync<IncidentPage>(new Localizer(view.Audience, view.Site.Dates), view.Site, OwnColours.Style(view.Site), [], new() { ["View"] = view });

    /// <summary>Renders the page that is shown in place of one that does not exist or is not available.</summary>
    public Task<RenderedPage> ErrorAsync(ErrorPageView view) =>
        DrawAsync<ErrorPage>(new Localizer(view.Audience, view.Site.Dates), view.Site, OwnColours.Style(view.Site), [], new() { ["View"] = view });

    private async Task<RenderedPage> DrawAsync<TPage>(
        Localizer reader, SiteView site, string style, IEnumerable<string?> images, Dictionary<string, object?> parameters) where TPage : IComponent
    {
        parameters["OwnStyle"] = style;
        // Reuses the buffer: arrays of this size are large objects, and allocating many of them forces full garbage collections.
        var written = Interlocked.Exchange(ref _spare, null) ?? new MemoryStream();
        written.SetLength(0);
        await using (var writer = new StreamWriter(written, Utf8, leaveOpen: true)) await WriteAsync<TPage>(reader, parameters, writer);
        var body = written.ToArray();
        Volatile.Write(ref _spare, written);
        return new(body, PageAssets.Policy(style, images.Append(site.Logo).Append(site.Favicon)));
    }

    /// <summary>Returns the HTML of each row except groups, which are rendered for each page.</summary>
    private async Task<IReadOnlyDictionary<MonitorView, string>> RowsAsync(StatusPageView view, RowStyle style, Localizer reader)
    {
        RowForm alone = new(style, reader.Language, view.Audience.Zone, view.Site.Dates, IsNested: false), nested = alone with { IsNested = true };
        var rows = new Dictionary<MonitorView, string>(ReferenceEqualityComparer.Instance);
        List<(MonitorView Row, bool IsNested)> missing = [];
        foreach (var monitor in view.Monitors)
        {
            if (monitor.Members is null) Find(monitor, alone);
            else foreach (var member in monitor.Members) Find(member, nested);
        }
        if (missing.Count == 0) return rows;
        using var writer = new RowWriter();
        await WriteAsync<RowSheet>(reader, new() { ["Rows"] = missing, ["Style"] = style }, writer);
        foreach (var ((row, isNested), html) in missing.Zip(writer.Rows))
        {
            _rows.Keep(row, isNested ? nested : alone, html);
            rows[row] = html;
        }
        return rows;

        void Find(MonitorView row, RowForm form)
        {
            if (_rows.Find(row, form) is { } html) rows[row] = html;
            else missing.Add((row, form.IsNested));
        }
    }

    private async Task WriteAsync<TComponent>(Localizer reader, Dictionary<string, object?> parameters, TextWriter to) where TComponent : IComponent
    {
        // HtmlRenderer keeps every root component that it rendered, so each rendering gets a new one.
        await using var renderer = new HtmlRenderer(services, _logs);
        var root = ParameterView.FromDictionary(new Dictionary<string, object?>
        {
            ["Value"] = reader,
            ["IsFixed"] = true,
            ["ChildContent"] = (RenderFragment)(tree =>
            {
                tree.OpenComponent<TComponent>(0);
                tree.AddMultipleAttributes(1, parameters!);
                tree.CloseComponent();
            }),
        });
        await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<CascadingValue<Localizer>>(root)).WriteHtmlTo(to));
    }
}

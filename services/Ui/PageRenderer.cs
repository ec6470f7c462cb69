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

/// <summary>Draws pages as complete documents. Safe for use by many threads. The same view always gives the same bytes.</summary>
public sealed class PageRenderer(IServiceProvider services)
{
    /// <summary>
    /// Stands once in every page, as the first child of main. Whoever serves an old page puts
    /// <c>&lt;p class="age" role="status"&gt;…&lt;/p&gt;</c> in its place; the page's style knows how to show it. No text of a user can contain it.
    /// </summary>
    public const string AgeMarker = "<!--age-->";

    // Half a surrogate, which a user may send, becomes U+FFFD; a writer's usual encoding would throw.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);
    private readonly ILoggerFactory _logs = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;
    private readonly DrawnRows _rows = new();
    private MemoryStream? _spare;

    /// <summary>A status page. A monitor's view that was drawn before, in the same language and form, is not drawn again.</summary>
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

    /// <summary>The page of one incident.</summary>
    public Task<RenderedPage> IncidentAsync(IncidentPageView view) =>
        DrawAsync<IncidentPage>(new Localizer(view.Audience, view.Site.Dates), view.Site, OwnColours.Style(view.Site), [], new() { ["View"] = view });

    /// <summary>What is shown where there is no page.</summary>
    public Task<RenderedPage> ErrorAsync(ErrorPageView view) =>
        DrawAsync<ErrorPage>(new Localizer(view.Audience, view.Site.Dates), view.Site, OwnColours.Style(view.Site), [], new() { ["View"] = view });

    private async Task<RenderedPage> DrawAsync<TPage>(
        Localizer reader, SiteView site, string style, IEnumerable<string?> images, Dictionary<string, object?> parameters) where TPage : IComponent
    {
        parameters["OwnStyle"] = style;
        // What a page passes through is used again: arrays of this size would make the garbage collector look at everything that lives.
        var written = Interlocked.Exchange(ref _spare, null) ?? new MemoryStream();
        written.SetLength(0);
        await using (var writer = new StreamWriter(written, Utf8, leaveOpen: true)) await WriteAsync<TPage>(reader, parameters, writer);
        var body = written.ToArray();
        Volatile.Write(ref _spare, written);
        return new(body, PageAssets.Policy(style, images.Append(site.Logo).Append(site.Favicon)));
    }

    /// <summary>The HTML of each row but those of groups, which are made anew for each page.</summary>
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
        // A renderer keeps every root that it ever drew, so each drawing gets one of its own.
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

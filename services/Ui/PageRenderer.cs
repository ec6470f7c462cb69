using System.Text;
using Kener.Ui.Pages;
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
    private MemoryStream? _spare;
    private readonly ILoggerFactory _logs = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;

    /// <summary>A status page.</summary>
    public Task<RenderedPage> HomeAsync(StatusPageView view)
    {
        var days = view.Monitors.Count == 0 ? 0 : view.Monitors[0].Days.Count;
        var logos = view.Monitors.SelectMany(monitor => monitor.Members ?? []).Concat(view.Monitors).Select(monitor => monitor.Image);
        return DrawAsync<HomePage>(view, view.Site, view.Audience, OwnColours.Style(view.Site, days, view.DaysOnPhones), logos.Append(view.Logo));
    }

    /// <summary>The page of one incident.</summary>
    public Task<RenderedPage> IncidentAsync(IncidentPageView view) =>
        DrawAsync<IncidentPage>(view, view.Site, view.Audience, OwnColours.Style(view.Site), []);

    /// <summary>What is shown where there is no page.</summary>
    public Task<RenderedPage> ErrorAsync(ErrorPageView view) =>
        DrawAsync<ErrorPage>(view, view.Site, view.Audience, OwnColours.Style(view.Site), []);

    private async Task<RenderedPage> DrawAsync<TPage>(object view, SiteView site, Audience audience, string style, IEnumerable<string?> images) where TPage : IComponent
    {
        // A renderer keeps every root that it ever drew, so each page gets one of its own.
        await using var renderer = new HtmlRenderer(services, _logs);
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?>
        {
            ["Value"] = new Localizer(audience, site.Dates),
            ["IsFixed"] = true,
            ["ChildContent"] = (RenderFragment)(tree =>
            {
                tree.OpenComponent<TPage>(0);
                tree.AddComponentParameter(1, "View", view);
                tree.AddComponentParameter(2, "OwnStyle", style);
                tree.CloseComponent();
            }),
        });
        // What a page passes through is used again: arrays of this size would make the garbage collector look at everything that lives.
        var written = Interlocked.Exchange(ref _spare, null) ?? new MemoryStream();
        written.SetLength(0);
        await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var page = await renderer.RenderComponentAsync<CascadingValue<Localizer>>(parameters);
            await using var writer = new StreamWriter(written, Utf8, leaveOpen: true);
            page.WriteHtmlTo(writer);
        });
        var body = written.ToArray();
        Volatile.Write(ref _spare, written);
        return new(body, PageAssets.Policy(style, images.Append(site.Logo).Append(site.Favicon)));
    }
}

using Kener.Ui.Pages;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kener.Ui;

/// <summary>Draws pages as complete documents. Safe for use by many threads.</summary>
public sealed class PageRenderer(IServiceProvider services)
{
    /// <summary>
    /// Stands once in every page, as the first child of main. Whoever serves an old page puts
    /// <c>&lt;p class="age" role="status"&gt;…&lt;/p&gt;</c> in its place; the page's style knows how to show it. No text of a user can contain it.
    /// </summary>
    public const string AgeMarker = "<!--age-->";

    private readonly ILoggerFactory _logs = services.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance;

    /// <summary>The home page. The same view always gives the same bytes.</summary>
    public Task<RenderedPage> HomeAsync(StatusPageView view) => DrawAsync<HomePage>(view);

    /// <summary>The page of one incident. The same view always gives the same bytes.</summary>
    public Task<RenderedPage> IncidentAsync(IncidentPageView view) => DrawAsync<IncidentPage>(view);

    private async Task<RenderedPage> DrawAsync<TPage>(object view) where TPage : IComponent
    {
        // A renderer keeps every root that it ever drew, so each page gets one of its own.
        await using var renderer = new HtmlRenderer(services, _logs);
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { ["View"] = view });
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<TPage>(parameters)).ToHtmlString());
        return new(html, PageAssets.Policy);
    }
}

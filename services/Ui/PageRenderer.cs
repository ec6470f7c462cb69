namespace Kener.Ui;

/// <summary>Draws pages as complete documents. Safe for use by many threads.</summary>
public sealed class PageRenderer(IServiceProvider services)
{
    /// <summary>The home page. The same view always gives the same bytes.</summary>
    public Task<RenderedPage> HomeAsync(StatusPageView view) => throw new InvalidOperationException(view.Message + services);

    /// <summary>The page of one incident. The same view always gives the same bytes.</summary>
    public Task<RenderedPage> IncidentAsync(IncidentPageView view) => throw new InvalidOperationException(view.SiteName + services);
}

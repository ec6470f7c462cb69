using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Rendering;
using Kener.Status.Site.Settings;
using Kener.Ui;

namespace Kener.Status.Publishing;

/// <summary>
/// The pages that are shown for errors, rendered ahead for each language and theme that the site offers, so that the gateway has them when everything
/// behind it is unavailable.
/// </summary>
internal sealed class ErrorPages(Publisher publisher, PageRenderer renderer, TimeProvider clock)
{
    private static readonly (int Status, string Message)[] All =
    [
        (404, "There is no page at this address."),
        (410, "What was here has been removed."),
        (503, "The page cannot be shown right now."),
    ];

    public async Task DrawAsync(SiteFacts site)
    {
        var around = SiteRules.Of(site, null);
        var readMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        var published = site.Published;
        IEnumerable<string> languages = published.Languages.Count > 1 ? published.Languages.Append(published.Language).Distinct() : [published.Language];
        IReadOnlyList<string> themes = published.OffersThemes ? PublishedSite.Themes : [published.Theme];
        foreach (var (language, theme) in languages.SelectMany(language => themes.Select(theme => (language, theme))))
        {
            var audience = new Variant(language, published.Zone, theme).ToAudience();
            foreach (var (status, message) in All)
            {
                var page = await renderer.ErrorAsync(new ErrorPageView(around, audience, status, message));
                publisher.PublishVariant(Variant.KeyOfError(status, language, theme), page, readMs);
            }
        }
    }
}

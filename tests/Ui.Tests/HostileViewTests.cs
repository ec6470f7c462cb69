using System.Security.Cryptography;
using System.Text;
using AngleSharp.Html.Parser;
using Kener.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Ui.Tests;

public sealed class HostileViewTests
{
    private static readonly PageRenderer Pages = new(new ServiceCollection().BuildServiceProvider());

    public static TheoryData<string> Polyglots => [.. Hostile.Polyglots, .. Hostile.Styles];

    private static IncidentView Incident(string text, IncidentState state, MonitorStatus impact) => Samples.Incident(
        long.MaxValue, text, state, impact, true, long.MinValue, long.MaxValue,
        [new(text, text, MonitorStatus.Down)], [new(long.MinValue, long.MaxValue, state, text), new(1, 0, (IncidentState)99, $"[{text}]({text})")]);

    private static StatusPageView View(string text) => new()
    {
        Site = Site(text),
        Path = text,
        Description = text,
        PreviewImage = text,
        Header = text,
        Subheader = text,
        Logo = text,
        Affected = [text],
        Upcoming = [new(1, text, text, long.MinValue, long.MaxValue, true, [new(text, text, MonitorStatus.Up)])],
        Title = text,
        Message = text,
        Overall = (MonitorStatus)77,
        GlobalIncident = text,
        Ongoing = [Incident(text, IncidentState.Investigating, MonitorStatus.NoData)],
        Resolved = [Incident(text, IncidentState.Resolved, MonitorStatus.Down)],
        Monitors = [new(text, text, text, text, (MonitorStatus)200, text, [new(int.MaxValue, 1, int.MaxValue, 5), default]), new(text, "", null, "/" + text, MonitorStatus.Up, "100", [], double.MaxValue, [new(text, text, text, text, MonitorStatus.Down, text, [default])])],
        Today = DateOnly.MaxValue,
        LastReadingAt = long.MaxValue,
    };

    private static SiteView Site(string text) => new()
    {
        Name = text,
        Home = text,
        Logo = text,
        Favicon = text,
        Nav = [new(text, text), new(text, "/")],
        Pages = [new(text, text, true), new(text, text, false)],
        Footer = text,
        Announcement = new(text, text, text, true, double.NaN, new(text, text)),
        Colours = new Dictionary<MonitorStatus, (string, string)> { [MonitorStatus.Up] = (text, text), [MonitorStatus.Down] = ("#123456", text) },
        Languages = [(text, text), ("en", text)],
        Css = text + "p{}",
        Dates = new(text, $"'{text}", text),
    };

    [Theory]
    [MemberData(nameof(Polyglots))]
    public async Task A_hostile_text_in_every_field_changes_nothing_but_the_text(string text)
    {
        var plain = Skeleton(await Pages.HomeAsync(View("plain")));
        Assert.Equal(plain, Skeleton(await Pages.HomeAsync(View(text))));

        var calm = Skeleton(await Pages.IncidentAsync(new(Site("plain"), new("plain", "plain", PageTheme.System), Incident("plain", IncidentState.Resolved, MonitorStatus.Down))));
        Assert.Equal(calm, Skeleton(await Pages.IncidentAsync(new(Site(text), new(text, text, (PageTheme)9), Incident(text, IncidentState.Resolved, MonitorStatus.Down)))));

        var lost = Skeleton(await Pages.ErrorAsync(new(Site("plain"), Audience.Default, 404, "plain")));
        Assert.Equal(lost, Skeleton(await Pages.ErrorAsync(new(Site(text), Audience.Default, 404, text))));
    }

    private static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    // Every element with the names of its attributes, except what Markdown may make of a text, and images that are not shown.
    private static string Skeleton(RenderedPage page)
    {
        var document = new HtmlParser().ParseDocument(page.Html);
        foreach (var element in document.QuerySelectorAll(".own, .md *, .logo, .brand > :first-child, .nav, .intro img, .ev p, .news a").ToArray()) element.Remove();
        Assert.Equal(2, page.Html.Split(PageRenderer.AgeMarker).Length);
        Assert.Single(document.QuerySelectorAll("script"));
        Assert.Equal(2, document.QuerySelectorAll("style").Length);
        // The policy allows exactly the content of the element.
        Assert.All(document.QuerySelectorAll("style"), style => Assert.Contains(Hash(style.TextContent), page.ContentSecurityPolicy, StringComparison.Ordinal));
        Assert.DoesNotContain("--down", document.GetElementById("own")!.TextContent, StringComparison.Ordinal);
        Assert.Matches(@"^default-src 'none'; [a-zA-Z0-9+/=' ;:.-]+$", page.ContentSecurityPolicy);
        return string.Join('\n', document.All.Select(element => element.LocalName + string.Concat(element.Attributes.Select(a => " " + a.Name).Order())));
    }
}

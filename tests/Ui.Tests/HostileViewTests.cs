using AngleSharp.Html.Parser;
using Kener.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Ui.Tests;

public sealed class HostileViewTests
{
    private static readonly PageRenderer Pages = new(new ServiceCollection().BuildServiceProvider());

    public static TheoryData<string> Polyglots => [.. Hostile.Polyglots];

    private static IncidentView Incident(string text, IncidentState state, MonitorStatus impact) => new(
        long.MaxValue, text, state, impact, true, long.MinValue, long.MaxValue,
        [new(text, text, MonitorStatus.Down)], [new(long.MinValue, long.MaxValue, state, text), new(1, 0, (IncidentState)99, $"[{text}]({text})")]);

    private static StatusPageView View(string text) => new()
    {
        Site = new() { Name = text },
        Title = text,
        Message = text,
        Overall = (MonitorStatus)77,
        GlobalIncident = text,
        Ongoing = [Incident(text, IncidentState.Investigating, MonitorStatus.NoData)],
        Resolved = [Incident(text, IncidentState.Resolved, MonitorStatus.Down)],
        Monitors = [new(text, text, text, text, (MonitorStatus)200, text, [new(int.MaxValue, 1, int.MaxValue, 5), default]), new(text, "", null, "/" + text, MonitorStatus.Up, "100", [])],
        Today = DateOnly.MaxValue,
        LastReadingAt = long.MaxValue,
    };

    [Theory]
    [MemberData(nameof(Polyglots))]
    public async Task A_hostile_text_in_every_field_changes_nothing_but_the_text(string text)
    {
        var plain = Skeleton(await Pages.HomeAsync(View("plain")));
        Assert.Equal(plain, Skeleton(await Pages.HomeAsync(View(text))));

        var calm = Skeleton(await Pages.IncidentAsync(new(new() { Name = "plain" }, Audience.Default, Incident("plain", IncidentState.Resolved, MonitorStatus.Down))));
        Assert.Equal(calm, Skeleton(await Pages.IncidentAsync(new(new() { Name = text }, Audience.Default, Incident(text, IncidentState.Resolved, MonitorStatus.Down)))));
    }

    // Every element and the names of its attributes, but for what Markdown may make of a text and images that are not shown.
    private static string Skeleton(RenderedPage page)
    {
        var document = new HtmlParser().ParseDocument(page.Html);
        foreach (var element in document.QuerySelectorAll(".md *, .logo, .ev p").ToArray()) element.Remove();
        Assert.Equal(2, page.Html.Split(PageRenderer.AgeMarker).Length);
        Assert.Single(document.QuerySelectorAll("script"));
        Assert.Single(document.QuerySelectorAll("style"));
        return string.Join('\n', document.All.Select(element => element.LocalName + string.Concat(element.Attributes.Select(a => " " + a.Name).Order())));
    }
}

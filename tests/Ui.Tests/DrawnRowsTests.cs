using AngleSharp.Html.Parser;
using Kener.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Ui.Tests;

/// <summary>A cached row never appears in place of another one.</summary>
public sealed class DrawnRowsTests
{
    private readonly PageRenderer _kept = new(new ServiceCollection().BuildServiceProvider());

    private static StatusPageView View { get; } = Samples.Outage() with { Monitors = [.. Samples.Outage().Monitors.Take(3), Samples.Outage().Monitors[4] with { Members = [Samples.Outage().Monitors[5]] }] };

    public static TheoryData<string, StatusPageView> Others => new()
    {
        { "a status", View with { Monitors = [View.Monitors[0] with { Now = MonitorStatus.Down }, .. View.Monitors.Skip(1)] } },
        { "a member's status", View with { Monitors = [.. View.Monitors.Take(3), View.Monitors[3] with { Members = [View.Monitors[3].Members![0] with { Now = MonitorStatus.Degraded }] }] } },
        { "another order", View with { Monitors = [.. View.Monitors.Reverse()] } },
        { "a member on its own", View with { Monitors = [.. View.Monitors.Take(3), View.Monitors[3].Members![0]] } },
        { "one on its own as a member", View with { Monitors = [.. View.Monitors.Take(2), View.Monitors[3] with { Members = [View.Monitors[2]] }] } },
        { "a language", View with { Audience = new Audience("de", "UTC", PageTheme.System) } },
        { "a zone", View with { Audience = new Audience("en", "Asia/Tokyo", PageTheme.System) } },
        { "dates", View with { Site = View.Site with { Dates = new DateForms("yyyy", "dd/MM/yyyy", "HH") } } },
        { "the next day", View with { Today = View.Today.AddDays(1) } },
        { "logos", View with { Monitors = [View.Monitors[0] with { Image = "/a.png" }, .. View.Monitors.Skip(1)] } },
        { "a latency", View with { Monitors = [View.Monitors[0] with { Latency = 7 }, .. View.Monitors.Skip(1)] } },
        { "fewer days", View with { Monitors = [View.Monitors[0] with { Days = [.. View.Monitors[0].Days.Skip(30)] }, .. View.Monitors.Skip(1)] } },
    };

    [Theory]
    [MemberData(nameof(Others), DisableDiscoveryEnumeration = true)]
    public async Task A_page_is_the_same_whatever_was_rendered_before(string change, StatusPageView other)
    {
        var (first, second) = (await FreshAsync(View), await FreshAsync(other));
        Assert.True(first.Html != second.Html, $"{change} should show");
        foreach (var (view, expected) in new[] { (View, first), (other, second), (View, first), (other, second) })
            Assert.Equal(expected.Html, (await _kept.HomeAsync(view)).Html);
    }

    [Theory]
    [InlineData("<!--row-->")]
    [InlineData("</li><li>")]
    public async Task A_name_that_looks_like_the_end_of_a_row_does_not_end_it(string name)
    {
        var view = View with { Monitors = [View.Monitors[0] with { Name = name, Description = name }, .. View.Monitors.Skip(1)] };
        var rows = new HtmlParser().ParseDocument((await _kept.HomeAsync(view)).Html).QuerySelectorAll("ul.mons > li");
        Assert.Equal([name, .. View.Monitors.Skip(1).Take(2).Select(row => row.Name), View.Monitors[3].Members![0].Name], rows.Select(row => row.QuerySelector(".nm :first-child")!.TextContent));
        Assert.DoesNotContain("<!--row-->", (await _kept.HomeAsync(view)).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cached_rows_are_not_rendered_again()
    {
        var view = Samples.Calm(50);
        await _kept.HomeAsync(Samples.Calm(1));
        var first = await AllocatedAsync(view);
        var again = await AllocatedAsync(view);
        // What is left is around the rows: top bar, hero and footer.
        Assert.InRange(again, 1, first / 2);
    }

    [Fact]
    public async Task Concurrent_rendering_is_safe()
    {
        var expected = (await FreshAsync(View)).Html;
        var drawn = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => _kept.HomeAsync(View))));
        Assert.All(drawn, page => Assert.Equal(expected, page.Html));
    }

    private async Task<long> AllocatedAsync(StatusPageView view)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var drawing = _kept.HomeAsync(view);
        Assert.True(drawing.IsCompleted, "rendering must not wait, so that all allocations are on this thread");
        await drawing;
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static Task<RenderedPage> FreshAsync(StatusPageView view) => new PageRenderer(new ServiceCollection().BuildServiceProvider()).HomeAsync(view);
}

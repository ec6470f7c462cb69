using System.Text;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Kener.Ui.Tests;

/// <summary>Pages as a browser shows them. With KENER_UI_SHOTS=folder, screenshots of all samples are stored there.</summary>
public sealed class LookTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly PageRenderer Pages = new(new ServiceCollection().BuildServiceProvider());
    private static readonly string[] Names = ["outage", "calm", "empty", "one", "long", "states", "aged", "incident", "rich", "bare", "full", "grid", "compact", "dense", "german", "lost", "away", "many", "hebrew", "arabic"];

    // Axe waits until the network is idle, which an open stream prevents.
    private const string NoStream = "window.EventSource = EventTarget";

    private static readonly RunOnlyOptions Rules =
        RunOnlyOptions.Tags("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice");

    public static TheoryData<string> AllNames => [.. Names];

    internal static async Task<RenderedPage> DrawAsync(string name) => name switch
    {
        "outage" => await Pages.HomeAsync(Samples.Outage(12)),
        "calm" => await Pages.HomeAsync(Samples.Calm(6)),
        "empty" => await Pages.HomeAsync(Samples.Calm(0)),
        "one" => await Pages.HomeAsync(Samples.Calm(1) with { Resolved = [] }),
        "long" => await Pages.HomeAsync(Samples.Long()),
        "states" => await Pages.HomeAsync(Samples.States()),
        "aged" => Aged(await Pages.HomeAsync(Samples.Outage(4))),
        "incident" => await Pages.IncidentAsync(new(new() { Name = "Meridian" }, Audience.Default, Samples.Payments())),
        "rich" => await Pages.IncidentAsync(new(new() { Name = "Meridian" }, Audience.Default, Samples.Rich())),
        "hebrew" => await Pages.HomeAsync(Samples.RightToLeft()),
        "arabic" => await Pages.IncidentAsync(new(Samples.RightToLeft().Site, Audience.Default, Samples.RightToLeft().Ongoing[0])),
        "full" => await Pages.HomeAsync(Samples.Full()),
        "grid" => await Pages.HomeAsync(Samples.Full() with { Layout = PageLayout.Grid }),
        "compact" => await Pages.HomeAsync(Samples.Full() with { Layout = PageLayout.CompactList }),
        "dense" => await Pages.HomeAsync(Samples.Full() with { Layout = PageLayout.CompactGrid }),
        "german" => await Pages.HomeAsync(Samples.Full() with { Audience = new("de", "Europe/Berlin", PageTheme.System) }),
        "lost" => await Pages.ErrorAsync(new(Samples.Site(), Audience.Default, 404)),
        "many" => await Pages.HomeAsync(Samples.Outage(200)),
        "away" => await Pages.ErrorAsync(new(Samples.Site(), Audience.Default, 503)),
        _ => await Pages.IncidentAsync(new(new() { Name = "Meridian" }, Audience.Default, Samples.Bare())),
    };

    private static RenderedPage Aged(RenderedPage page) => page with
    {
        Body = Encoding.UTF8.GetBytes(page.Html.Replace(
            PageRenderer.AgeMarker, "<p class=\"age\" role=\"status\">This page could not be refreshed. It shows the state of 23 Nov, 21:42 UTC.</p>", StringComparison.Ordinal)),
    };

    [Theory]
    [MemberData(nameof(AllNames))]
    public async Task Axe_finds_no_violations_on_wide_and_narrow_screens_in_both_themes(string name)
    {
        await using var sheet = await browser.OpenAsync(await DrawAsync(name), 1280, ColorScheme.Light, bypassPolicy: true, before: NoStream);
        foreach (var (width, scheme) in ScreensFor(name))
        {
            await sheet.Page.SetViewportSizeAsync(width, 900);
            await sheet.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            var result = await sheet.Page.RunAxe(new AxeRunOptions { RunOnly = Rules, ResultTypes = [ResultType.Violations] });
            Assert.Equal([], result.Violations.Select(v => $"{width} {scheme} {v.Id}: {v.Help}: {string.Join(" | ", v.Nodes.Select(n => n.Html).Take(3))}"));
            Assert.InRange(result.Passes.Length, 15, 200);
            await KeepAsync(sheet, $"{name}-{width}-{scheme}.png");
        }
    }

    /// <summary>Returns one screen per page, by turns; in a full run, all of them.</summary>
    private static (int Width, ColorScheme Scheme)[] ScreensFor(string name)
    {
        (int, ColorScheme)[] all = [(1280, ColorScheme.Light), (390, ColorScheme.Dark), (1280, ColorScheme.Dark), (390, ColorScheme.Light)];
        return Environment.GetEnvironmentVariable("KENER_TEST_SCALE") is null ? [all[Array.IndexOf(Names, name) % all.Length]] : all;
    }

    private static async Task KeepAsync(Browser.Sheet sheet, string file)
    {
        if (Environment.GetEnvironmentVariable("KENER_UI_SHOTS") is not { Length: > 0 } folder) return;
        Directory.CreateDirectory(folder);
        await sheet.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, file.ToLowerInvariant()), FullPage = true });
    }

    [Theory]
    [MemberData(nameof(AllNames))]
    public async Task A_page_is_one_request_keeps_its_policy_and_fits_every_window(string name)
    {
        await using var sheet = await browser.OpenAsync(await DrawAsync(name), 1920, ColorScheme.Dark);
        Assert.Empty(sheet.Complaints);
        Assert.Single(sheet.Requests);
        Assert.Equal("rgb(12, 14, 18)", await sheet.Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor"));
        foreach (var width in new[] { 320, 360, 390, 480, 640, 672, 768, 1024, 1280, 1920 })
        {
            await sheet.Page.SetViewportSizeAsync(width, 900);
            var scroll = await sheet.Page.EvaluateAsync<int>("document.documentElement.scrollWidth");
            Assert.True(scroll <= width, $"{name} is {scroll} px wide in a window of {width} px");
        }
    }

    [Fact]
    public async Task A_page_full_of_attacks_neither_runs_nor_loads_anything()
    {
        var one = Samples.Outage(1);
        var view = one with
        {
            Site = new() { Name = string.Concat(Hostile.Polyglots), Css = string.Join('\n', Hostile.Styles) + "h1{letter-spacing:3px}" },
            Message = string.Concat(Hostile.Polyglots),
            GlobalIncident = string.Concat(Hostile.Polyglots),
            Monitors = [.. Hostile.Polyglots.Select(attack => one.Monitors[0] with { Name = attack, Tag = attack, Description = attack, Image = attack })],
            Ongoing = [.. Hostile.Polyglots.Select(attack => Samples.Payments().With(incident => incident with { Title = attack, Updates = [new(1, Samples.Now, default, attack), new(2, 0, default, $"[x]({attack})")] }))],
        };
        await using var sheet = await browser.OpenAsync(await Pages.HomeAsync(view), 1280, ColorScheme.Light);
        Assert.Empty(sheet.Complaints);
        Assert.Single(sheet.Requests);
        Assert.Equal(Hostile.Polyglots.Length, await sheet.Page.Locator(".mons > li").CountAsync());
        await Assertions.Expect(sheet.Page.Locator("h1")).ToHaveCSSAsync("letter-spacing", "3px");
    }

    [Fact]
    public async Task Forced_colors_keep_the_bars_distinct_and_reduced_motion_stops_animations()
    {
        await using var sheet = await browser.OpenAsync(await Pages.HomeAsync(Samples.Full()), 1280, ColorScheme.Dark);
        await sheet.Page.EvaluateAsync("document.querySelector('.live').hidden = false");
        Assert.Equal(0, await sheet.Page.EvaluateAsync<int>("document.getAnimations().length"));
        await sheet.Page.EmulateMediaAsync(new() { ForcedColors = ForcedColors.Active });
        Assert.Equal(3, await sheet.Page.EvaluateAsync<int>("new Set(['.bars', '.bars .d', '.bars .g'].map(s => getComputedStyle(document.querySelector(s)).fill)).size"));
        await sheet.Page.Locator(".menu > [aria-label=Preferences]").ClickAsync();
        Assert.Equal(2, await sheet.Page.EvaluateAsync<int>("new Set([...document.querySelectorAll('.seg button')].map(b => getComputedStyle(b).backgroundColor)).size"));
        await KeepAsync(sheet, "forced-1280.png");
    }

    [Theory]
    [InlineData(320)]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task Menus_fit_into_the_window(int width)
    {
        await using var sheet = await browser.OpenAsync(await Pages.HomeAsync(Samples.Full()), width, ColorScheme.Light);
        foreach (var menu in await sheet.Page.Locator(".menu").AllAsync())
        {
            await menu.Locator("summary").ClickAsync();
            var box = (await menu.Locator(".panel").BoundingBoxAsync())!;
            Assert.True(box.X >= 0 && box.X + box.Width <= width, $"{box.X} to {box.X + box.Width} of {width}");
            await KeepAsync(sheet, $"menu-{width}-{box.Width}.png");
        }
    }

    [Fact]
    public async Task Without_script_the_page_is_complete()
    {
        await using var sheet = await browser.OpenAsync(await Pages.HomeAsync(Samples.Outage()), 1280, ColorScheme.Light, script: false);
        Assert.Equal(50, await sheet.Page.Locator(".mons > li").CountAsync());
        Assert.Equal("Last checked 23 Nov, 21:42 UTC", await sheet.Page.Locator(".last").InnerTextAsync());
        Assert.Single(sheet.Requests);
    }

    [Fact]
    public async Task With_script_recent_times_are_relative_and_a_bar_under_the_pointer_shows_its_day()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var rendered = await Pages.HomeAsync(Samples.Outage(4) with { LastReadingAt = now - 18 * 60 });
        await using var sheet = await browser.OpenAsync(rendered, 1280, ColorScheme.Light);
        Assert.Contains("minutes ago", await sheet.Page.Locator(".last").InnerTextAsync(), StringComparison.Ordinal);

        await sheet.Page.Locator("#m-payments").ScrollIntoViewIfNeededAsync();
        var box = (await sheet.Page.Locator("#m-payments .bars").BoundingBoxAsync())!;
        await sheet.Page.Mouse.MoveAsync(box.X + box.Width - 5, box.Y + 10);
        var tip = sheet.Page.Locator("#tip");
        Assert.Contains("Down for 1 h 36 min, degraded for 14 min", await tip.InnerTextAsync(), StringComparison.Ordinal);
        Assert.StartsWith("23 Nov\n", await tip.InnerTextAsync(), StringComparison.Ordinal);
        var lies = (await tip.BoundingBoxAsync())!;
        Assert.True(lies.X + lies.Width <= 1280 && lies.Y + lies.Height <= box.Y, $"the tip is at {lies.X}, {lies.Y}");
        await sheet.Page.Mouse.MoveAsync(box.X + 15, box.Y + 10);
        Assert.Contains("No downtime", await tip.InnerTextAsync(), StringComparison.Ordinal);
        await sheet.Page.Mouse.MoveAsync(5, 5);
        Assert.False(await tip.IsVisibleAsync());
        Assert.Empty(sheet.Complaints);
    }
}

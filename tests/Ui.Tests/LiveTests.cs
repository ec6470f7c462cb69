using System.Text;
using Kener.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Kener.Ui.Tests;

/// <summary>What an open page does: it applies changes, and keeps what its visitor chose.</summary>
public sealed class LiveTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly PageRenderer Pages = new(new ServiceCollection().BuildServiceProvider());

    // Replaces the server's events: a test opens the stream, sends an event, or breaks it.
    private const string Events = """
        window.EventSource = class extends EventTarget {
          constructor(url) { super(); this.url = url; this.readyState = 0; window.source = this }
          become(state) { this.readyState = state; state == 1 ? this.onopen() : this.onerror() }
        }
        """;

    private Task<Browser.Sheet> OpenAsync(RenderedPage page) => browser.OpenAsync(page, 1280, ColorScheme.Light, before: Events);

    private static async Task TellAsync(Browser.Sheet sheet) => await sheet.Page.EvaluateAsync("source.dispatchEvent(new Event('version'))");

    private static StatusPageView View() => Samples.Full() with { LastReadingAt = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 600 };

    [Fact]
    public async Task Live_is_shown_only_while_the_stream_is_open()
    {
        await using var sheet = await OpenAsync(await Pages.HomeAsync(View()));
        var live = sheet.Page.Locator(".live");
        Assert.Equal("/live?page=%2F", await sheet.Page.EvaluateAsync<string>("source.url"));
        Assert.False(await live.IsVisibleAsync());
        await sheet.Page.EvaluateAsync("source.become(1)");
        Assert.True(await live.IsVisibleAsync());
        await sheet.Page.EvaluateAsync("source.become(0)");
        Assert.False(await live.IsVisibleAsync());
    }

    [Fact]
    public async Task A_change_updates_only_what_it_affects()
    {
        var view = View();
        await using var sheet = await OpenAsync(await Pages.HomeAsync(view));
        var (page, say) = (sheet.Page, sheet.Page.Locator("#say"));
        await page.EvaluateAsync("source.become(1)");
        await page.EvaluateAsync("document.querySelectorAll('main *').forEach(e => e.old = true)");
        // The visitor closed a group with a problem, opened one without, and focused a link.
        await page.Locator("#m-api > summary").ClickAsync();
        await page.Locator("#m-mail > summary").ClickAsync();
        await page.Locator("#inc-214 h2 a").FocusAsync();

        sheet.Served = await Pages.HomeAsync(view with { Monitors = [.. view.Monitors.Select(Recovered)] });
        await TellAsync(sheet);
        await Assertions.Expect(page.Locator("#m-checkout .word")).ToHaveTextAsync("Operational");
        Assert.Equal("", await say.TextContentAsync());
        Assert.Equal("false true false", await page.EvaluateAsync<string>("['api', 'mail', 'web'].map(t => document.getElementById('m-' + t).open).join(' ')"));
        Assert.True(await page.EvaluateAsync<bool>("document.getElementById('m-payments').old && document.activeElement.matches('#inc-214 h2 a')"));

        sheet.Served = await Pages.HomeAsync(Samples.Calm() with { Site = view.Site, Monitors = [.. Samples.Grouped(Samples.Calm().Monitors)] });
        await TellAsync(sheet);
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("All Systems Operational");
        Assert.Equal("All Systems Operational", await say.TextContentAsync());
        Assert.Equal(0, await page.Locator("#ongoing, #upcoming").CountAsync());
        Assert.True(await page.Locator(".live").IsVisibleAsync());
        Assert.True(await page.Locator("#m-mail").EvaluateAsync<bool>("group => group.open"));
        Assert.Contains("up", await page.Locator(".glow").GetAttributeAsync("class"), StringComparison.Ordinal);
        Assert.Equal("", string.Join("\n", sheet.Complaints));

        static MonitorView Recovered(MonitorView group) => group.Tag != "web" ? group
            : group with { Now = MonitorStatus.Up, Members = [.. group.Members!.Select(member => member with { Now = MonitorStatus.Up })] };
    }

    [Fact]
    public async Task A_page_with_a_new_script_is_reloaded()
    {
        var page = await Pages.HomeAsync(View());
        await using var sheet = await OpenAsync(page);
        sheet.Served = page with { Body = Encoding.UTF8.GetBytes(page.Html.Replace("<script>", "<script>//new\n", StringComparison.Ordinal)), ContentSecurityPolicy = "" };
        await sheet.Page.RunAndWaitForRequestAsync(() => TellAsync(sheet), request => request.IsNavigationRequest);
    }

    [Fact]
    public async Task A_page_with_a_new_style_is_reloaded_because_its_policy_differs()
    {
        var view = View();
        await using var sheet = await OpenAsync(await Pages.HomeAsync(view));
        sheet.Served = await Pages.HomeAsync(view with { Site = view.Site with { Css = "h1{letter-spacing:3px}" } });
        await sheet.Page.RunAndWaitForRequestAsync(() => TellAsync(sheet), request => request.IsNavigationRequest);
        await Assertions.Expect(sheet.Page.Locator("h1")).ToHaveCSSAsync("letter-spacing", "3px");
    }

    [Fact]
    public async Task A_theme_is_applied_at_once_and_sent_to_the_server()
    {
        await using var sheet = await OpenAsync(await Pages.HomeAsync(View()));
        await sheet.Page.Locator(".menu > [aria-label=Preferences]").ClickAsync();
        var told = await sheet.Page.RunAndWaitForRequestAsync(() => sheet.Page.GetByRole(AriaRole.Button, new() { Name = "Dark" }).ClickAsync(), "**/preferences");
        Assert.Equal("back=%2F&theme=dark", told.PostData);
        Assert.Equal("rgb(12, 14, 18)", await sheet.Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor"));
        Assert.Equal("dark", await sheet.Page.Locator("[aria-pressed=true]").GetAttributeAsync("value"));
        Assert.InRange(await sheet.Page.Locator("select[name=tz] option").CountAsync(), 100, 1000);
        await sheet.Page.Keyboard.PressAsync("Escape");
        Assert.False(await sheet.Page.Locator(".pref").IsVisibleAsync());
    }

    [Fact]
    public async Task A_dismissed_announcement_stays_hidden_until_it_changes()
    {
        var view = View();
        await using var sheet = await OpenAsync(await Pages.HomeAsync(view));
        var news = sheet.Page.Locator("#news");
        await sheet.Page.GetByRole(AriaRole.Button, new() { Name = "Dismiss" }).ClickAsync();
        Assert.False(await news.IsVisibleAsync());
        await sheet.Page.ReloadAsync();
        Assert.False(await news.IsVisibleAsync());
        sheet.Served = await Pages.HomeAsync(view with { Site = view.Site with { Announcement = view.Site.Announcement! with { Message = "Another." } } });
        await sheet.Page.ReloadAsync();
        Assert.True(await news.IsVisibleAsync());
    }

    [Fact]
    public async Task Everything_is_reachable_by_keyboard_and_groups_open()
    {
        await using var sheet = await OpenAsync(await Pages.HomeAsync(View()));
        var page = sheet.Page;
        await page.Keyboard.PressAsync("Tab");
        Assert.Equal("#main", await page.EvaluateAsync<string>("document.activeElement.getAttribute('href')"));
        var reached = new HashSet<string>();
        for (var i = 0; i < 80; i++)
        {
            reached.Add(await page.EvaluateAsync<string>("(e => e.closest('[id]')?.id + ' ' + e.nodeName)(document.activeElement)"));
            await page.Keyboard.PressAsync("Tab");
        }
        Assert.Superset(new HashSet<string> { "news BUTTON", "news A", "inc-t-214 A", "inc-214 A", "m-api SUMMARY", "m-mail SUMMARY", "inc-201 A" }, reached);
        await page.Locator("#m-mail > summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        Assert.True(await page.Locator("#m-sms").IsVisibleAsync());
    }
}

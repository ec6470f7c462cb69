using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Kener.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Ui.Tests;

public sealed class HomePageTests
{
    private static readonly PageRenderer Pages = new(new ServiceCollection().BuildServiceProvider());

    private static async Task<IDocument> ReadAsync(StatusPageView view) => new HtmlParser().ParseDocument((await Pages.HomeAsync(view)).Html);

    [Fact]
    public async Task The_heading_is_the_exact_message_and_the_title_is_set_by_the_owner()
    {
        var page = await ReadAsync(Samples.Outage());
        Assert.Equal("Partial System Outage", page.QuerySelector("h1")!.TextContent);
        Assert.Equal("Meridian Status", page.Title);
        Assert.Contains("Affected: Payments, Webhooks, Checkout and Search index", page.QuerySelector(".hero")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("Affected: Payments, Webhooks", page.QuerySelector("meta[name=description]")!.GetAttribute("content"), StringComparison.Ordinal);
        Assert.StartsWith("<!DOCTYPE html>", (await Pages.HomeAsync(Samples.Calm(1))).Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Affected: A", "A")]
    [InlineData("Affected: A, B and C", "A", "B", "C")]
    [InlineData("Affected: A, B, C and D", "A", "B", "C", "D")]
    [InlineData("Affected: A, B, C and 2 more", "A", "B", "C", "D", "E")]
    public async Task The_sentence_below_the_message_names_what_is_affected(string expected, params string[] affected) =>
        Assert.Equal(expected, (await ReadAsync(Samples.Outage() with { Affected = affected })).QuerySelector("#msg + p")!.TextContent);

    [Theory]
    [InlineData(CheckObstacle.FieldMissing, "en", "Not checked: its settings are incomplete.")]
    [InlineData(CheckObstacle.NoAgent, "en", "Not checked: no agent supports this kind of check.")]
    [InlineData(CheckObstacle.NoAgent, "de", "Wird nicht geprüft: Kein Agent unterstützt diese Art von Prüfung.")]
    public async Task A_row_without_data_says_why_the_monitor_is_not_checked(CheckObstacle obstacle, string language, string words)
    {
        var view = Samples.Calm(1) with { Audience = Audience.Default with { Language = language } };
        var row = view.Monitors[0] with { Obstacle = obstacle };
        Assert.Contains(words, await TextAsync(row with { Now = MonitorStatus.NoData }), StringComparison.Ordinal);
        // A status that an incident gives needs no reason.
        Assert.DoesNotContain(words, await TextAsync(row with { Now = MonitorStatus.Down }), StringComparison.Ordinal);

        async Task<string> TextAsync(MonitorView monitor) => (await ReadAsync(view with { Monitors = [monitor] })).QuerySelector(".mons .nm")!.TextContent;
    }

    [Fact]
    public async Task An_open_global_incident_is_named_before_anything_else()
    {
        var view = Samples.Outage() with { GlobalIncident = "Phones are dead", Ongoing = [Samples.Bare(), Samples.Bare().With(incident => incident with { Id = 8 }), Samples.Payments()] };
        Assert.Equal("Phones are dead and 1 more", (await ReadAsync(view)).QuerySelector("#msg + p")!.TextContent);
        Assert.Equal("Phones are dead", (await ReadAsync(view with { Ongoing = [Samples.Bare()] })).QuerySelector("#msg + p")!.TextContent);
    }

    [Fact]
    public async Task The_tally_lists_only_statuses_that_occur()
    {
        static IEnumerable<string> Tally(IDocument page) => page.QuerySelectorAll(".tally li").Select(li => li.TextContent.Trim());
        Assert.Equal(["1 down", "2 degraded", "1 in maintenance", "1 without data", "45 operational"], Tally(await ReadAsync(Samples.Outage())));
        Assert.Equal(["3 operational"], Tally(await ReadAsync(Samples.Calm(3))));
        Assert.Empty(Tally(await ReadAsync(Samples.Calm(0))));
    }

    [Fact]
    public async Task A_row_shows_name_status_and_uptime_and_is_found_by_its_tag()
    {
        var row = (await ReadAsync(Samples.Outage())).GetElementById("m-payments")!;
        Assert.Equal("Payments", row.QuerySelector("h3")!.TextContent);
        Assert.Equal("Down", row.QuerySelector(".word")!.TextContent);
        Assert.EndsWith("%", row.QuerySelector(".pct")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("23 Nov: down for 1 h 36 min, degraded for 14 min", row.QuerySelectorAll("title").Select(title => title.TextContent));
        Assert.Single(row.QuerySelectorAll("use[href='#b']"));
    }

    [Fact]
    public async Task Days_without_data_are_shown_as_such_anywhere_in_a_row()
    {
        var page = await ReadAsync(Samples.Outage());
        var young = page.GetElementById("m-realtime")!;
        Assert.StartsWith("M0 2", young.QuerySelector("path.n")!.GetAttribute("d"), StringComparison.Ordinal);
        Assert.Empty(young.QuerySelectorAll("use[href='#b']"));
        Assert.StartsWith("M89 2", page.GetElementById("m-voice")!.QuerySelector("path.n")!.GetAttribute("d"), StringComparison.Ordinal);
        Assert.Contains("1 day without data", page.GetElementById("m-voice")!.QuerySelector("svg.bars")!.GetAttribute("aria-label"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_uptime_is_a_dash_without_a_percent_sign()
    {
        var view = Samples.Calm(1);
        view = view with { Monitors = [view.Monitors[0] with { Uptime = "-", Now = MonitorStatus.NoData, Days = new DayCounts[90] }] };
        var page = await ReadAsync(view);
        Assert.Equal("–", page.QuerySelector(".pct")!.TextContent);
        Assert.Equal("No data", page.QuerySelector(".word")!.TextContent);
    }

    [Fact]
    public async Task An_open_incident_shows_its_updates_newest_first()
    {
        var card = (await ReadAsync(Samples.Outage())).GetElementById("inc-214")!;
        Assert.Equal("Identified", card.QuerySelector(".pill")!.TextContent);
        Assert.Equal("/incidents/214", card.QuerySelector("h2 a")!.GetAttribute("href"));
        Assert.Equal(3, card.QuerySelectorAll(".tl > li").Length);
        Assert.Equal("eu-central", card.QuerySelector(".tl > li:first-child strong")!.TextContent);
        Assert.Equal("2026-11-23T21:24Z", card.QuerySelector(".tl time")!.GetAttribute("datetime"));
        Assert.Equal("23 Nov, 21:24 UTC", card.QuerySelector(".tl time")!.TextContent);
        Assert.Equal("#m-payments", card.QuerySelector(".aff a")!.GetAttribute("href"));
    }

    [Fact]
    public async Task A_long_incident_shows_its_newest_updates_and_a_link_to_all()
    {
        var updates = Enumerable.Range(0, 40).Select(i => new IncidentUpdate(40 - i, Samples.Ago(i), IncidentState.Monitoring, $"Update {40 - i}")).ToArray();
        var card = (await ReadAsync(Samples.Outage() with { Ongoing = [Samples.Payments().With(incident => incident with { Updates = updates })] })).GetElementById("inc-214")!;
        Assert.Equal(5, card.QuerySelectorAll(".tl > li").Length);
        Assert.StartsWith("All 40 updates", card.QuerySelector(".all a")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_installation_has_a_friendly_page()
    {
        var page = await ReadAsync(Samples.Calm(0));
        Assert.Contains("No services are listed yet.", page.GetElementById("services")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("No incidents were resolved recently.", page.GetElementById("resolved")!.TextContent, StringComparison.Ordinal);
        Assert.Null(page.QuerySelector(".last"));
        Assert.DoesNotContain("Live", page.Body!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_local_link_leads_to_a_page_that_exists()
    {
        var page = await ReadAsync(Samples.Outage());
        Assert.All(page.QuerySelectorAll("a").Select(a => a.GetAttribute("href")!), href => Assert.Matches("^(/|/incidents/[0-9]+|#.+)$", href));
        Assert.All(page.QuerySelectorAll("a[href^='#']"), a => Assert.NotNull(page.GetElementById(a.GetAttribute("href")![1..])));
        var ids = page.QuerySelectorAll("[id]").Select(e => e.Id).ToArray();
        Assert.Equal(ids.Distinct(), ids);
    }

    [Fact]
    public async Task The_age_marker_is_first_in_main_and_occurs_once()
    {
        var home = (await Pages.HomeAsync(Samples.Outage())).Html;
        var incident = (await Pages.IncidentAsync(new(new() { Name = "Meridian" }, Audience.Default, Samples.Payments()))).Html;
        foreach (var html in new[] { home, incident })
        {
            Assert.Equal(2, html.Split(PageRenderer.AgeMarker).Length);
            Assert.Equal("age", new HtmlParser().ParseDocument(html).QuerySelector("main")!.FirstChild!.TextContent);
        }
    }

    [Fact]
    public async Task The_policy_allows_the_page_s_own_style_and_script_and_nothing_else()
    {
        var rendered = await Pages.HomeAsync(Samples.Outage());
        var page = new HtmlParser().ParseDocument(rendered.Html);
        static string Hash(IElement element) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(element.TextContent)));
        Assert.Equal(
            $"default-src 'none'; style-src 'sha256-{Hash(page.QuerySelector("style")!)}'; script-src 'sha256-{Hash(page.QuerySelector("script")!)}'; " +
            "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
            rendered.ContentSecurityPolicy);
        Assert.Empty(page.QuerySelectorAll("[style]"));
        Assert.InRange(Packed(page.QuerySelector("script")!.TextContent), 1, 2 * 1024);
    }

    [Fact]
    public async Task The_same_view_gives_the_same_bytes_and_no_time_is_relative()
    {
        var first = await Pages.HomeAsync(Samples.Outage());
        Assert.Equal(first.Body, (await Pages.HomeAsync(Samples.Outage())).Body);
        Assert.DoesNotContain(" ago</", first.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_logo_may_come_from_another_site_which_the_policy_then_allows()
    {
        var monitors = Samples.Calm(6).Monitors;
        string?[] images = ["/assets/a.png", "data:image/png;base64,AAAA", "https://cdn.example/x.png", "//tracker.example/x.png", "javascript:alert(1)", null];
        var view = Samples.Calm(6) with { Monitors = [.. monitors.Select((m, i) => m with { Image = images[i] })], Logo = "https://cdn.example/l.svg" };
        view = view with { Site = view.Site with { Logo = "http://logos.example:8081/m.png", Favicon = "https://müller.example/i.ico" } };
        var page = await ReadAsync(view);
        Assert.Equal(["/assets/a.png", "data:image/png;base64,AAAA", "https://cdn.example/x.png"], page.QuerySelectorAll("img.logo").Select(img => img.GetAttribute("src")));
        Assert.Equal(["W", "O", "RL"], page.QuerySelectorAll("span.logo").Select(span => span.TextContent));
        Assert.Contains(
            "img-src 'self' data: http://logos.example:8081 https://cdn.example https://xn--mller-kva.example;",
            (await Pages.HomeAsync(view)).ContentSecurityPolicy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fifty_monitors_over_ninety_days_fit_into_sixteen_kilobytes()
    {
        Assert.InRange(Packed((await Pages.HomeAsync(Samples.Full())).Html), 1, 16 * 1024);
    }

    [Fact]
    public async Task Five_hundred_monitors_fit_into_a_hundred_kilobytes()
    {
        var monitors = Samples.Monitors(500, name => name is "Payments" ? MonitorStatus.Down : MonitorStatus.Up).ToArray();
        Assert.InRange(Packed((await Pages.HomeAsync(Samples.Full() with { Monitors = monitors })).Html), 1, 100 * 1024);
    }

    private static int Packed(string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var packed = new byte[plain.Length];
        using var brotli = new BrotliEncoder(5, 22);
        Assert.Equal(System.Buffers.OperationStatus.Done, brotli.Compress(plain, packed, out _, out var written, isFinalBlock: true));
        TestContext.Current.TestOutputHelper?.WriteLine($"{plain.Length} bytes, {written} in brotli");
        return written;
    }

    [Fact]
    public async Task Concurrent_rendering_gives_the_same_pages()
    {
        var expected = await Pages.HomeAsync(Samples.Outage());
        var drawn = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => Pages.HomeAsync(Samples.Outage()), TestContext.Current.CancellationToken)));
        Assert.All(drawn, page => Assert.Equal((expected.Html, expected.ContentSecurityPolicy), (page.Html, page.ContentSecurityPolicy)));
    }
}

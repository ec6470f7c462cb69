using System.Net;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Kener.EndToEnd.Tests;

/// <summary>The page in a real Chromium, wide and narrow, light and dark, with and without JavaScript.</summary>
[Collection(Hostings.Shared)]
public sealed class BrowserTests(BusyKener busy) : IClassFixture<BusyKener>
{
    // Both hostings serve the same bytes, so one look in the distributed hosting is enough.
    public static TheoryData<Hosting, int, ColorScheme> Looks { get; } = new()
    {
        { Hosting.Embedded, 1280, ColorScheme.Light }, { Hosting.Embedded, 1280, ColorScheme.Dark },
        { Hosting.Embedded, 390, ColorScheme.Light }, { Hosting.Embedded, 390, ColorScheme.Dark }, { Hosting.Distributed, 390, ColorScheme.Light },
    };

    public static TheoryData<Hosting, int> Widths { get; } = new()
    {
        { Hosting.Embedded, 320 }, { Hosting.Embedded, 390 }, { Hosting.Embedded, 768 }, { Hosting.Embedded, 1920 }, { Hosting.Distributed, 320 },
    };

    [Theory]
    [MemberData(nameof(Looks))]
    public async Task Axe_finds_no_violations(Hosting hosting, int width, ColorScheme scheme)
    {
        var site = await busy.OfAsync(hosting);
        foreach (var path in new[] { "/", $"/incidents/{site.Incident}" })
        {
            await using var browser = await busy.OpenAsync(new() { ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme });
            // Axe waits for an idle network, which the page's event stream would prevent.
            await browser.AddInitScriptAsync("window.EventSource = EventTarget");
            var page = await browser.NewPageAsync();
            await page.GotoAsync(site.Kener.Url + path);
            var result = await page.RunAxe();
            Assert.True(result.Violations.Length == 0, string.Join('\n', result.Violations.Select(violation =>
                $"{path} {violation.Id}: {violation.Help} {string.Join(", ", violation.Nodes.Select(node => node.Html))}")));
        }
    }

    [Theory]
    [MemberData(nameof(Hostings.Both), MemberType = typeof(Hostings))]
    public async Task Without_JavaScript_the_page_is_complete_after_one_request(Hosting hosting)
    {
        var site = await busy.OfAsync(hosting);
        await using var browser = await busy.OpenAsync(new() { JavaScriptEnabled = false });
        var page = await browser.NewPageAsync();
        var requests = new List<string>();
        page.Request += (_, request) => requests.Add(request.Url);
        await page.GotoAsync(site.Kener.Url, new() { WaitUntil = WaitUntilState.NetworkIdle });
        Assert.Single(requests, url => !url.StartsWith("data:", StringComparison.Ordinal));
        Assert.Contains("Partial System Outage", await page.InnerTextAsync("h1"), StringComparison.Ordinal);
        Assert.Equal("queue", await page.InnerTextAsync("main strong >> nth=0"));
        Assert.Equal(50, await page.Locator("[id^=m-]").CountAsync());
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public async Task The_page_is_never_wider_than_the_window(Hosting hosting, int width)
    {
        var site = await busy.OfAsync(hosting);
        await using var browser = await busy.OpenAsync(new() { ViewportSize = new() { Width = width, Height = 900 } });
        var page = await browser.NewPageAsync();
        foreach (var path in new[] { "/", $"/incidents/{site.Incident}" })
        {
            await page.GotoAsync(site.Kener.Url + path);
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{path} at {width} px");
        }
    }

    [Theory]
    [MemberData(nameof(Hostings.Both), MemberType = typeof(Hostings))]
    public async Task The_console_stays_empty_under_the_content_security_policy(Hosting hosting)
    {
        var site = await busy.OfAsync(hosting);
        await using var browser = await busy.OpenAsync(new());
        var page = await browser.NewPageAsync();
        var said = new List<string>();
        page.Console += (_, message) => said.Add(message.Text);
        page.PageError += (_, error) => said.Add(error);
        await page.GotoAsync(site.Kener.Url);
        await page.HoverAsync("#m-service-00 svg.bars");
        await Assertions.Expect(page.Locator(".live")).ToBeVisibleAsync();
        Assert.Empty(said);
    }

    [Theory]
    [MemberData(nameof(Hostings.Both), MemberType = typeof(Hostings))]
    public async Task An_open_page_shows_an_update_without_a_reload(Hosting hosting)
    {
        var site = await busy.OfAsync(hosting);
        await using var browser = await busy.OpenAsync(new());
        var page = await browser.NewPageAsync();
        await page.GotoAsync(site.Kener.Url);
        await Assertions.Expect(page.Locator(".live")).ToBeVisibleAsync();
        await page.EvaluateAsync("window.same = true");
        await site.Kener.Api.PostUpdateAsync(site.Incident, "IDENTIFIED", "The queue is being emptied.");
        await Assertions.Expect(page.Locator($"#inc-{site.Incident} .tl")).ToContainTextAsync("The queue is being emptied.");
        Assert.True(await page.EvaluateAsync<bool>("window.same"));
    }

    [Theory]
    [MemberData(nameof(Hostings.Both), MemberType = typeof(Hostings))]
    public async Task A_visitor_chooses_time_zone_and_theme_without_JavaScript(Hosting hosting)
    {
        var site = await busy.OfAsync(hosting);
        await using var browser = await busy.OpenAsync(new() { JavaScriptEnabled = false });
        var page = await browser.NewPageAsync();
        await page.GotoAsync(site.Kener.Url);
        await page.Locator(".menu > [aria-label=Preferences]").ClickAsync();
        await page.Locator("select[name=tz]").SelectOptionAsync("Asia/Kathmandu");
        await page.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();
        await Assertions.Expect(page.Locator(".last time")).ToContainTextAsync("UTC+5:45");
        await page.Locator(".menu > [aria-label=Preferences]").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Dark" }).ClickAsync();
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }

    [Fact]
    public async Task The_demo_page_has_groups_and_bars_no_axe_violations_and_no_external_requests()
    {
        await using var kener = await KenerProcess.StartAsync(arguments: "--demo");
        // By then all demo data is on the page, and the demo's own services have been checked.
        await kener.Visitor.SeesAsync("/", html => html.Contains("<details class=\"card grp", StringComparison.Ordinal) && html.Contains("Identified") && html.Contains("id=\"resolved\""));
        foreach (var width in new[] { 1280, 390 })
        {
            await using var browser = await busy.OpenAsync(new() { ViewportSize = new() { Width = width, Height = 900 } });
            await browser.AddInitScriptAsync("window.EventSource = EventTarget");
            var page = await browser.NewPageAsync();
            var elsewhere = new List<string>();
            page.Request += (_, request) =>
            {
                if (!request.Url.StartsWith(kener.Url, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal)) elsewhere.Add(request.Url);
            };
            await page.GotoAsync(kener.Url);
            Assert.Equal([], (await page.RunAxe()).Violations.Select(violation => $"{violation.Id}: {violation.Help}"));
            Assert.True(await page.Locator("details.grp").CountAsync() > 1);
            Assert.True(await page.Locator("svg.bars").CountAsync() > 5);
            Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
            Assert.Empty(elsewhere);
        }
    }

    [Fact]
    public async Task A_page_with_fifty_monitors_and_ninety_days_is_at_most_16_KB()
    {
        var site = await busy.OfAsync(Hosting.Embedded);
        using var bare = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None });
        bare.DefaultRequestHeaders.AcceptEncoding.ParseAdd("br");
        using var answer = await bare.GetAsync(site.Kener.Url, TestContext.Current.CancellationToken);
        Assert.Equal(["br"], answer.Content.Headers.ContentEncoding);
        Assert.InRange((await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length, 1_000, 16_384);
    }
}

/// <summary>Fifty monitors with a history (90 days embedded, 3 distributed) and an incident; created once per hosting, at first use.</summary>
public sealed class BusyKener(Hostings hostings) : IAsyncLifetime
{
    private const float HangMs = 120_000;
    private readonly Dictionary<Hosting, (Empty Site, long Incident)> _filled = [];
    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async Task<(KenerProcess Kener, long Incident)> OfAsync(Hosting hosting)
    {
        if (!_filled.TryGetValue(hosting, out var known))
        {
            var site = await hostings.EmptyAsync(hosting);
            _filled[hosting] = known = (site, await FillAsync(site));
        }
        return (known.Site.Process, known.Incident);
    }

    public async Task<IBrowserContext> OpenAsync(BrowserNewContextOptions options)
    {
        var context = await _browser.NewContextAsync(options);
        context.SetDefaultTimeout(HangMs);
        context.SetDefaultNavigationTimeout(HangMs);
        return context;
    }

    public async ValueTask InitializeAsync()
    {
        var chromium = Environment.GetEnvironmentVariable("KENER_TEST_CHROMIUM") ?? "/usr/bin/chromium";
        if (!File.Exists(chromium)) throw new InvalidOperationException($"{chromium} is missing: run ./test, or set KENER_TEST_CHROMIUM");
        // Playwright's default timeouts of 5 s and 30 s are too short for a busy machine.
        Assertions.SetDefaultExpectTimeout(HangMs);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = chromium,
            Timeout = HangMs,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        foreach (var (site, _) in _filled.Values) await site.DisposeAsync();
    }

    private static async Task<long> FillAsync(Empty site)
    {
        var api = site.Api;
        var random = new Random(7);
        var midnight = Calls.Now / 86_400 * 86_400;
        for (var i = 0; i < 50; i++)
        {
            var tag = $"service-{i:D2}";
            await api.CreateMonitorAsync(tag, $"Service {i}");
        }

        // A few minutes of each day are enough for a bar; whole days would be six million rows. Only the embedded page's size is tested.
        var shown = site.Process.Hosting == Hosting.Embedded ? 90 : 3;
        var days = Enumerable.Range(0, 50 * 90).Where(i => i % 90 < shown).Select(i => (Tag: $"service-{i / 90:D2}", At: midnight - i % 90 * 86_400, Bad: random.Next(40)));
        await Parallel.ForEachAsync(days, new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (day, _) =>
            await api.SendAsync(HttpMethod.Patch, $"/api/v4/monitors/{day.Tag}/data", new
            {
                start_ts = day.At,
                end_ts = Math.Max(day.At + 60, Math.Min(day.At + 300, Calls.Minute)),
                status = day.Bad switch { 0 => "DOWN", 1 => "DEGRADED", _ => "UP" },
                latency = 40,
            }));
        var incident = await api.OpenIncidentAsync("Mail is stuck", Calls.Minute - 3_600, ("service-03", "DOWN"), ("service-04", "DEGRADED"));
        await api.PostUpdateAsync(incident, "INVESTIGATING", "We look into it.", Calls.Minute - 3_500);
        await api.PostUpdateAsync(incident, "IDENTIFIED", "A **queue** is full. See:\n\n| a | b |\n|---|---|\n| 1 | 2 |");
        var old = await api.OpenIncidentAsync("Search was slow", Calls.Minute - 100_000, ("service-05", "DEGRADED"));
        await api.PostUpdateAsync(old, "RESOLVED", "An index was rebuilt.", Calls.Minute - 90_000);
        await site.Visitor.SeesAsync("/", html => html.Contains("Search was slow") && html.Contains("Service 49"));
        return incident;
    }
}

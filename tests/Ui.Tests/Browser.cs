using Microsoft.Playwright;

namespace Kener.Ui.Tests;

/// <summary>Debian's Chromium, driven by Playwright: no browser is downloaded.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";
    private const string Address = "http://status.test/";
    private const float HangMs = 120_000;

    private IPlaywright _playwright = null!;
    private IBrowser _browser = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.True(File.Exists(Chromium), $"{Chromium} is missing: apt-get install -y chromium (./test does so)");
        // Playwright's limits of 5 s and 30 s are too short for a busy machine.
        Assertions.SetDefaultExpectTimeout(HangMs);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            Timeout = HangMs,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    /// <summary>
    /// Opens the page as a server would send it, policy included. Errors, warnings and dialogs are added to <see cref="Sheet.Complaints"/>.
    /// </summary>
    internal async Task<Sheet> OpenAsync(RenderedPage rendered, int width, ColorScheme scheme, bool script = true, bool bypassPolicy = false, string? before = null)
    {
        var context = await _browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = 900 },
            ColorScheme = scheme,
            JavaScriptEnabled = script,
            BypassCSP = bypassPolicy,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(HangMs);
        context.SetDefaultNavigationTimeout(HangMs);
        var page = await context.NewPageAsync();
        var sheet = new Sheet(context, page, [], []) { Served = rendered };
        if (before is not null) await page.AddInitScriptAsync(before);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") sheet.Complaints.Add(message.Text);
        };
        page.PageError += (_, error) => sheet.Complaints.Add(error);
        page.Dialog += async (_, dialog) =>
        {
            sheet.Complaints.Add("dialog: " + dialog.Message);
            await dialog.DismissAsync();
        };
        await page.RouteAsync("**/*", async route =>
        {
            // No events: the stream stays open and silent.
            if (route.Request.Url.StartsWith(Address + "live", StringComparison.Ordinal)) return;
            sheet.Requests.Add(route.Request.Url);
            if (route.Request.Method == "POST") await route.FulfillAsync(new() { Status = 204 });
            else if (route.Request.Url != Address) await route.AbortAsync();
            else await route.FulfillAsync(new()
            {
                ContentType = "text/html; charset=utf-8",
                Body = sheet.Served.Html,
                Headers = new Dictionary<string, string> { ["Content-Security-Policy"] = sheet.Served.ContentSecurityPolicy },
            });
        });
        await page.GotoAsync(Address, new() { WaitUntil = WaitUntilState.Load });
        return sheet;
    }

    /// <summary>An open page, what the server sends for it now, and what was observed.</summary>
    internal sealed record Sheet(IBrowserContext Context, IPage Page, List<string> Complaints, List<string> Requests) : IAsyncDisposable
    {
        public required RenderedPage Served { get; set; }

        public ValueTask DisposeAsync() => Context.DisposeAsync();
    }
}

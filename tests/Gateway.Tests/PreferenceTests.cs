using Kener.Gateway.Preferences;
using Kener.ServiceDefaults.Snapshots;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Kener.Gateway.Tests;

/// <summary>What visitors choose, and what they then see.</summary>
public sealed class PreferenceTests
{
    private static readonly PublishedSite Site = new("en", "UTC", "system", ["en", "de", "pt-BR"], true, true);

    [Fact]
    public async Task A_plain_form_sets_cookies_and_redirects_back()
    {
        await using var host = await Embedded.StartAsync();
        var answer = await PostAsync(host, "theme=dark&tz=Asia%2FTokyo&lang=en&back=%2Feurope%3Fx%3Dy");
        Assert.Equal((303, "/europe?x=y", "no-store"), (answer.Code, answer["Location"], answer["Cache-Control"]));
        Assert.Contains("kener_theme=dark; max-age=31536000; path=/; samesite=lax", answer["Set-Cookie"]);
        Assert.Contains("kener_tz=Asia%2FTokyo;", answer["Set-Cookie"]);
        Assert.Contains("kener_lang=en;", answer["Set-Cookie"]);
    }

    [Theory]
    [InlineData("theme=pink&lang=xx&tz=Mars")]
    [InlineData("theme=dark&theme=light")]
    [InlineData("")]
    public async Task Values_that_are_not_offered_set_no_cookie(string form)
    {
        await using var host = await Embedded.StartAsync();
        var answer = await PostAsync(host, form);
        Assert.Equal((303, "/", null), (answer.Code, answer["Location"], answer["Set-Cookie"]));
    }

    [Fact]
    public async Task A_form_that_is_too_large_is_413()
    {
        await using var host = await Embedded.StartAsync();
        Assert.Equal(413, (await PostAsync(host, "theme=" + new string('x', 5000))).Code);
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"theme\"\r\n\r\ndark\r\n--x--\r\n")]
    [InlineData("multipart/form-data; boundary=x", "nothing of the kind")]
    [InlineData("multipart/form-data", "theme=dark")]
    [InlineData("multipart/mixed; boundary=\"", "--")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7", "theme=dark")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-16", "theme=dark")]
    [InlineData("application/x-www-form-urlencoded; charset=nonsense", "theme=dark")]
    [InlineData("application/x-www-form-urlencoded; charset=\"", "theme=dark")]
    [InlineData("application/json", "{\"theme\":\"dark\"}")]
    [InlineData("text/plain", "theme=dark")]
    [InlineData("nonsense", "theme=dark")]
    [InlineData(";;;", "theme=dark")]
    [InlineData("application/x-www-form-urlencoded, text/plain", "theme=dark")]
    public async Task A_body_of_another_type_or_encoding_is_415_and_nothing_is_logged(string type, string body)
    {
        var log = new ErrorLog();
        await using var host = await Embedded.StartAsync(add: builder => builder.Logging.AddProvider(log));
        using var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/preferences") { Content = content };
        var answer = await host.Client().AskAsync(request);
        Assert.Equal((415, null), (answer.Code, answer["Set-Cookie"]));
        Assert.Empty(log.Entries);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded; charset=\"UTF-8\"", "theme=dark", 303)]
    [InlineData("application/x-www-form-urlencoded", "%ff%fe%zz=%&&=&theme=%", 303)]
    [InlineData("application/x-www-form-urlencoded", "a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&k=1&l=1&m=1&n=1&o=1&p=1&q=1&r=1", 400)]
    public async Task An_unusual_form_is_read_or_refused_and_nothing_is_logged(string type, string body, int status)
    {
        var log = new ErrorLog();
        await using var host = await Embedded.StartAsync(add: builder => builder.Logging.AddProvider(log));
        using var content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(body));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/preferences") { Content = content };
        Assert.Equal(status, (await host.Client().AskAsync(request)).Code);
        Assert.Empty(log.Entries);
    }

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/europe", "/europe")]
    [InlineData("/incidents/5#u-3", "/incidents/5#u-3")]
    [InlineData(null, "/")]
    [InlineData("", "/")]
    [InlineData("europe", "/")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("/\t/evil.example", "/")]
    [InlineData("/a\r\nSet-Cookie: x=y", "/")]
    [InlineData("https://evil.example", "/")]
    public void The_redirect_never_leaves_the_site(string? back, string leads) => Assert.Equal(leads, SetPreferences.Back(back));

    [Theory]
    [InlineData("", "", "en UTC system public")]
    [InlineData("", "de", "de UTC system public")]
    [InlineData("", "fr, de-AT;q=0.8, en;q=0.9", "en UTC system public")]
    [InlineData("", "pt", "pt-BR UTC system public")]
    [InlineData("", "de;q=0, *", "en UTC system public")]
    [InlineData("kener_lang=DE", "en", "de UTC system private")]
    [InlineData("kener_lang=xx", "de", "de UTC system public")]
    [InlineData("kener_tz=Asia/Tokyo", "", "en Asia/Tokyo system private")]
    [InlineData("kener_tz=Asia%2FTokyo", "", "en Asia/Tokyo system private")]
    [InlineData("kener_theme=light; kener_tz=UTC", "", "en UTC light private")]
    public void A_visitor_sees_their_choice_if_the_site_offers_it(string cookies, string languages, string seen)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Cookie = new StringValues(cookies);
        request.Headers.AcceptLanguage = new StringValues(languages);
        var visitor = Site.VisitorOf(request);
        Assert.Equal(seen, $"{visitor.Sees.Language} {visitor.Sees.Zone} {visitor.Sees.Theme} {(visitor.ByCookie ? "private" : "public")}");
        Assert.Equal(seen == "en UTC system public", visitor.Variant is null);
    }

    [Fact]
    public async Task A_variant_is_served_from_memory_and_replaced_by_another_one_while_its_owner_is_unreachable()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var host = await Embedded.StartAsync(clock: clock);
        host.Board.Publish(PageTests.Page("<main><!--age-->plain</main>"));
        host.Board.Publish(PageTests.Page("<main><!--age-->dark</main>", "page:/?en&UTC&dark"));
        host.Board.Confirm();
        using var client = host.Client();
        var dark = await client.AskAsync("GET", "/", ("Cookie", "kener_theme=dark"));
        Assert.Equal(("<main><!--age-->dark</main>", "max-age=5, private, stale-while-revalidate=30", "en"), (dark.Text, dark["Cache-Control"], dark["Content-Language"]));
        // Requested from its owner, which does not exist in this test.
        Assert.NotEqual(200, (await client.AskAsync("GET", "/", ("Cookie", "kener_theme=light"))).Code);
        clock.Advance(TimeSpan.FromSeconds(15));
        var standIn = await client.AskAsync("GET", "/", ("Cookie", "kener_theme=light"));
        Assert.Contains("plain", standIn.Text);
        Assert.Equal(("no-store", "en"), (standIn["Cache-Control"], standIn["Content-Language"]));
        // The language and the theme are available in the site's zone.
        var zoned = await client.AskAsync("GET", "/", ("Cookie", "kener_theme=dark; kener_tz=Asia/Tokyo"));
        Assert.Contains("dark", zoned.Text);
        Assert.Equal("no-store", zoned["Cache-Control"]);
    }

    [Fact]
    public async Task Only_paths_of_existing_pages_are_served()
    {
        await using var host = await Embedded.StartAsync();
        host.Board.Publish((Site with { Pages = new HashSet<string> { "/", "/europe" } }).ToSnapshot(1, 0));
        host.Board.Publish(PageTests.Page("<h1>Europe</h1>", "page:/europe"));
        using var client = host.Client();
        foreach (var path in new[] { "/europe", "/Europe", "/europe/", "/europe?x=y" }) Assert.Equal("<h1>Europe</h1>", (await client.AskAsync("GET", path)).Text);
        foreach (var path in new[] { "/asia", "/europe/x", "/site", "/error" }) Assert.Equal(404, (await client.AskAsync("GET", path)).Code);
    }

    [Fact]
    public async Task Errors_show_the_sites_own_page_and_the_API_keeps_its_error_format()
    {
        await using var host = await Embedded.StartAsync(keys: false);
        host.Board.Publish(PageTests.Page("<h1>503</h1>", Variant.KeyOfError(503, "en", "system")));
        host.Board.Publish(PageTests.Page("<h1>404</h1>", Variant.KeyOfError(404, "en", "system")));
        using var client = host.Client();
        var lost = await client.AskAsync("GET", "/nothing", ("Accept", "text/html"));
        Assert.Equal((404, "<h1>404</h1>", "no-store", "text/html; charset=utf-8"), (lost.Code, lost.Text, lost["Cache-Control"], lost["Content-Type"]));
        Assert.Equal("default-src 'none'; style-src 'sha256-x'; frame-ancestors 'none'", lost["Content-Security-Policy"]);
        Assert.Equal((503, "UNAVAILABLE"), ((await client.AskAsync("GET", "/api/v4/monitors", ("Accept", "text/html"))).Error() is var error ? (error.Status, error.Code) : default));
        Assert.Equal("", (await client.AskAsync("HEAD", "/nothing", ("Accept", "text/html"))).Text);
    }

    private static Task<Answer> PostAsync(Embedded host, string form)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/preferences") { Content = new StringContent(form, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded") };
        return host.Client().AskAsync(request);
    }
}

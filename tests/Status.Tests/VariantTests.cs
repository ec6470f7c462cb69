using System.Net;
using System.Text;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Publishing;
using Kener.TestKit;

namespace Kener.Status.Tests;

/// <summary>Variants of pages in other zones and themes: rendered on their first request, then kept up to date, and limited in number.</summary>
public sealed class VariantTests
{
    private const string Tokyo = "kener_tz=Asia/Tokyo", TokyoKey = "page:/?en&Asia/Tokyo&system";

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_variant_in_another_zone_is_rendered_on_request_and_again_after_each_change(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1));
        await service.SettledAsync();
        Assert.Null(service.Board.Find(TokyoKey));
        using var answer = await AskAsync(service, "/", Tokyo);
        Assert.True(answer.Headers.CacheControl!.Private);
        Assert.Equal("en", Assert.Single(answer.Content.Headers.ContentLanguage));
        var first = service.Board.Find(TokyoKey)!;
        Assert.Equal(Text(first), await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        // There is no further request: the change itself causes the rendering.
        await service.TellAsync(Given.Monitor(1, 2) with { Name = "Payments" });
        await Eventually.TrueAsync(() => Task.FromResult(Text(service.Board.Find(TokyoKey)!).Contains("Payments", StringComparison.Ordinal)));
        Assert.True(service.Board.Find(TokyoKey)!.Version > first.Version);
    }

    [Fact]
    public async Task A_variant_changes_at_midnight_of_its_own_zone()
    {
        // 15:00 in UTC is midnight in Tokyo.
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite, Given.Midnight + 15 * 3600 - 1);
        await service.TellAsync(Given.Monitor(1));
        await service.RecordAsync(Given.Result(1, Given.Noon, MonitorStatus.Up));
        await service.SettledAsync();
        (await AskAsync(service, "/", Tokyo)).Dispose();
        var (plain, before) = (service.Home!, service.Board.Find(TokyoKey)!);
        await Eventually.TrueAsync(() =>
        {
            service.Clock.Advance(TimeSpan.FromMilliseconds(100));
            return Task.FromResult(service.Board.Find(TokyoKey)!.Version > before.Version);
        });
        Assert.Equal(plain.ETag, service.Home!.ETag);
    }

    [Fact]
    public async Task An_unused_variant_is_dropped_after_ten_minutes()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        (await AskAsync(service, "/", Tokyo)).Dispose();
        Assert.NotNull(service.Board.Find(TokyoKey));
        service.Clock.Advance(PageLimits.KeptFor);
        await service.TellAsync(Given.Monitor(1));
        await Eventually.TrueAsync(() => Task.FromResult(service.Board.Find(TokyoKey) is null));
        (await AskAsync(service, "/", Tokyo)).Dispose();
        Assert.NotNull(service.Board.Find(TokyoKey));
    }

    [Theory]
    [InlineData("kener_tz=UTC; kener_theme=system; kener_lang=en")]
    [InlineData("kener_tz=Mars/Olympus; kener_theme=pink; kener_lang=xx")]
    [InlineData("kener_tz=../../etc/passwd")]
    [InlineData("kener_tz=; kener_theme=; kener_lang=")]
    [InlineData("kener_lang=de")]
    [InlineData("kener_theme=DARK")]
    [InlineData(";;;===")]
    public async Task A_choice_that_is_not_offered_gets_the_sites_own_page(string cookies)
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        var home = await service.SettledAsync();
        using var answer = await AskAsync(service, "/", cookies, "de, fr;q=0.5, *;q=0.1");
        Assert.Equal(Text(home), await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain(service.Board.All, page => page.Key.Contains('?', StringComparison.Ordinal) && !page.Key.StartsWith("page:error/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_number_of_kept_zones_is_limited()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        var home = await service.SettledAsync();
        var (zones, drawn) = (Zones(40), 0);
        for (var i = 0; i < zones.Count; i++)
        {
            using var answer = await AskAsync(service, "/", $"kener_tz={zones[i]}", client: $"192.0.2.{i}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            if (service.Board.Find($"page:/?en&{zones[i]}&system") is not null) drawn++;
        }
        // The clock stands still, so the budget is 100, and a new zone costs 10. The other requests get the site's own page.
        Assert.Equal(10, drawn);
        for (var i = 0; i < zones.Count; i++)
        {
            service.Clock.Advance(TimeSpan.FromSeconds(1));
            (await AskAsync(service, "/", $"kener_tz={zones[i]}", client: $"192.0.2.{i}")).Dispose();
        }
        Assert.Equal(PageLimits.ZonesAtMost, service.Board.All.Count(page => page.Key.StartsWith("page:/?", StringComparison.Ordinal)));
        Assert.Equal(home.ETag, service.Home!.ETag);
    }

    [Fact]
    public async Task Concurrent_requests_cause_one_rendering()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        await service.SettledAsync();
        var drawn = 0;
        service.Board.Changed += (key, _) =>
        {
            if (key == TokyoKey) Interlocked.Increment(ref drawn);
        };
        await Task.WhenAll(Enumerable.Range(0, 30).Select(async _ => (await AskAsync(service, "/", Tokyo)).Dispose()));
        Assert.Equal(1, drawn);
    }

    [Fact]
    public async Task An_incident_page_has_variants_and_deleting_the_incident_removes_them_all()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        await service.TellAsync(Given.Incident(5, Given.Noon));
        (await AskAsync(service, "/incidents/5", "kener_theme=dark")).Dispose();
        (await AskAsync(service, "/incidents/5", "")).Dispose();
        Assert.NotNull(service.Board.Find("page:/incidents/5?en&UTC&dark"));
        await service.TellAsync(new IncidentChanged { Id = 5, Version = 2, Deleted = true });
        await Eventually.TrueAsync(() => Task.FromResult(!service.Board.All.Any(page => page.Key.StartsWith("page:/incidents/5", StringComparison.Ordinal))));
        using var gone = await AskAsync(service, "/incidents/5", "kener_theme=dark");
        Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
    }

    [Fact]
    public async Task A_choice_that_the_site_no_longer_offers_has_no_page()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        (await AskAsync(service, "/", "kener_theme=dark")).Dispose();
        Assert.NotNull(service.Board.Find("page:/?en&UTC&dark"));
        await service.AskAsync("PATCH", "/api/v4/site/themeToggle", """{"value":"NO"}""");
        await Eventually.TrueAsync(() => Task.FromResult(service.Board.Find("page:/?en&UTC&dark") is null));
        using var answer = await AskAsync(service, "/", "kener_theme=dark");
        Assert.Equal("public, max-age=5, stale-while-revalidate=30", answer.Headers.CacheControl!.ToString());
    }

    private static List<string> Zones(int count) => [.. TimeZones.Names.Where(name => name is not ("UTC" or "Asia/Tokyo")).Order(StringComparer.Ordinal).Take(count)];

    private static async Task<HttpResponseMessage> AskAsync(Service service, string path, string cookies, string? languages = null, string client = "192.0.2.1")
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = service.Host.Anonymous.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Cookie", cookies);
        // As the gateway sends it.
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", client);
        if (languages is not null) request.Headers.TryAddWithoutValidation("Accept-Language", languages);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static string Text(Snapshot page) => Encoding.UTF8.GetString(page.Body);
}

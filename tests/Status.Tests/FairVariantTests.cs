using System.Net;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Publishing;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Status.Tests;

/// <summary>Limits of variants per client: no client takes variants away from the others.</summary>
public sealed class FairVariantTests
{
    private const string Attacker = "192.0.2.66", Visitor = "192.0.2.1", Tokyo = "page:/?en&Asia/Tokyo&system";

    [Fact]
    public async Task A_client_keeps_at_most_four_variants_and_evicts_none_of_another_client()
    {
        await using var service = await StartAsync();
        await AskAsync(service, Visitor, "kener_tz=Asia/Tokyo");
        foreach (var zone in Zones(40))
        {
            service.Clock.Advance(TimeSpan.FromSeconds(2));
            await AskAsync(service, Attacker, $"kener_tz={zone}");
        }
        Assert.NotNull(service.Board.Find(Tokyo));
        Assert.Equal(PageLimits.AtMostPerClient + 1, Kept(service).Count);
    }

    [Fact]
    public async Task A_client_cannot_exhaust_the_budget_for_all()
    {
        await using var service = await StartAsync();
        foreach (var zone in Zones(40)) await AskAsync(service, Attacker, $"kener_tz={zone}");
        Assert.Equal(PageLimits.AtMostPerClient, Kept(service).Count);
        var answer = await AskAsync(service, Visitor, "kener_tz=Asia/Tokyo");
        Assert.NotNull(service.Board.Find(Tokyo));
        Assert.Equal("max-age=5, private, stale-while-revalidate=30", answer.CacheControl);
    }

    [Fact]
    public async Task A_client_cannot_exhaust_the_budget_for_all_with_incident_pages()
    {
        await using var service = await StartAsync();
        for (var id = 1; id <= 120; id++) await service.TellAsync(Given.Incident(id, Given.Noon));
        for (var id = 1; id <= 120; id++) await AskAsync(service, Attacker, "kener_theme=dark", path: $"/incidents/{id}");
        Assert.NotEqual("no-store", (await AskAsync(service, Visitor, "kener_theme=dark", path: "/incidents/1")).CacheControl);
        Assert.NotEqual("no-store", (await AskAsync(service, Visitor, "kener_theme=light", path: "/incidents/2")).CacheControl);
    }

    [Fact]
    public async Task Variants_in_the_sites_own_zone_are_never_evicted()
    {
        await using var service = await StartAsync();
        foreach (var zone in Zones(20)) await AskAsync(service, Attacker, $"kener_tz={zone}");
        foreach (var theme in new[] { "light", "dark", "system" })
            Assert.Equal("max-age=5, private, stale-while-revalidate=30", (await AskAsync(service, Attacker, $"kener_lang=de; kener_theme={theme}")).CacheControl);
        service.Clock.Advance(PageLimits.KeptFor + PageLimits.KeptFor);
        await service.TellAsync(Given.Monitor(1));
        foreach (var zone in Zones(40))
        {
            service.Clock.Advance(TimeSpan.FromSeconds(1));
            await AskAsync(service, Attacker, $"kener_tz={zone}");
        }
        foreach (var theme in new[] { "light", "dark", "system" }) Assert.NotNull(service.Board.Find($"page:/?de&UTC&{theme}"));
    }

    [Theory]
    [InlineData("kener_lang=de; kener_theme=dark", "de", "page:/?de&UTC&dark")]
    [InlineData("kener_theme=light", "en", "page:/?en&UTC&light")]
    [InlineData("", "en", "page:/")]
    public async Task A_stand_in_page_declares_its_language_and_is_not_cached(string choice, string language, string standIn)
    {
        await using var service = await StartAsync();
        foreach (var zone in Zones(20)) await AskAsync(service, Attacker, $"kener_tz={zone}");
        var answer = await AskAsync(service, Attacker, $"kener_tz=Asia/Tokyo; {choice}", "fr");
        Assert.Null(service.Board.All.FirstOrDefault(page => page.Key.Contains("Tokyo", StringComparison.Ordinal)));
        Assert.Equal(("no-store", language), (answer.CacheControl, answer.Language));
        Assert.Contains($"<html lang=\"{language}\"", answer.Text);
        Assert.Equal(service.Board.Find(standIn)!.Body, System.Text.Encoding.UTF8.GetBytes(answer.Text));
    }

    [Fact]
    public async Task The_least_recently_used_variant_is_evicted_first()
    {
        await using var service = await StartAsync();
        var uses = service.Host.Services.GetRequiredService<VariantUses>();
        var zones = Zones(PageLimits.AtMostPerClient + 1);
        foreach (var zone in zones.Take(PageLimits.AtMostPerClient))
        {
            service.Clock.Advance(TimeSpan.FromSeconds(2));
            await AskAsync(service, Visitor, $"kener_tz={zone}");
        }
        service.Clock.Advance(TimeSpan.FromSeconds(2));
        uses.Note(KeyOf(zones[0]));
        await AskAsync(service, Visitor, $"kener_tz={zones[^1]}");
        Assert.Equal([zones[0], zones[2], zones[3], zones[4]], Kept(service));

        service.Clock.Advance(PageLimits.KeptFor - TimeSpan.FromSeconds(1));
        uses.Note(KeyOf(zones[0]));
        service.Clock.Advance(TimeSpan.FromSeconds(1));
        await service.TellAsync(Given.Monitor(1));
        await TestKit.Eventually.TrueAsync(() => Task.FromResult(Kept(service) is [var only] && only == zones[0]));
    }

    private static async Task<Service> StartAsync()
    {
        var service = await Service.StartAsync(DatabaseKind.Sqlite);
        var (status, _) = await service.AskAsync("PATCH", "/api/v4/site/i18n", ErrorPageTests.Both);
        Assert.Equal(200, status);
        await service.SettledAsync();
        return service;
    }

    private static string KeyOf(string zone) => $"page:/?en&{zone}&system";

    /// <summary>Returns the zones other than the site's own in which the home page is kept.</summary>
    private static List<string> Kept(Service service) => [.. service.Board.All.Select(page => page.Key.Split('&'))
        .Where(parts => parts is ["page:/?en" or "page:/?de", not "UTC", _]).Select(parts => parts[1]).Order(StringComparer.Ordinal)];

    private static List<string> Zones(int count) => [.. TimeZones.Names.Where(name => name is not ("UTC" or "Asia/Tokyo")).Order(StringComparer.Ordinal).Take(count)];

    private static async Task<(string? CacheControl, string Language, string Text)> AskAsync(
        Service service, string client, string cookies, string languages = "", string path = "/")
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = service.Host.Anonymous.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Cookie", cookies);
        request.Headers.TryAddWithoutValidation("Accept-Language", languages);
        // As the gateway sends it.
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", client);
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (answer.Headers.CacheControl?.ToString(), Assert.Single(answer.Content.Headers.ContentLanguage),
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}

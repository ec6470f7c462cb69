using System.Net;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Snapshots;
using Kener.TestKit;

namespace Kener.Status.Tests;

/// <summary>Error pages, which have the look of the site.</summary>
public sealed class ErrorPageTests
{
    /// <summary>A setting that offers English and German.</summary>
    internal const string Both = """{"value":{"defaultLocale":"en","locales":[{"code":"en","name":"English","selected":true},{"code":"de","name":"Deutsch","selected":true},{"code":"xx","selected":true}]}}""";

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Browsers_get_an_error_page_in_the_sites_look_and_other_clients_get_plain_text(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        Assert.Equal(200, (await service.AskAsync("PATCH", "/api/v4/site/siteName", """{"value":"Example"}""")).Status);
        await Eventually.TrueAsync(async () => (await AskAsync(service, "/nothing", "text/html")).Body.Contains("Example", StringComparison.Ordinal));
        var (status, type, body) = await AskAsync(service, "/nothing", "text/html,*/*");
        Assert.Equal((HttpStatusCode.NotFound, "text/html"), (status, type));
        Assert.Contains("Page Not Found", body, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.NotFound, "text/plain", "Page not found"), await AskAsync(service, "/nothing", "*/*"));
        Assert.Equal((HttpStatusCode.NotFound, "application/json"), await TypeAsync(service, "/api/v4/nothing", "text/html"));
    }

    [Fact]
    public async Task A_deleted_incident_is_410_and_an_unknown_one_is_404()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        await service.SettledAsync();
        await service.TellAsync(Given.Incident(5, Given.Noon));
        await service.TellAsync(new IncidentChanged { Id = 5, Version = 2, Deleted = true });
        var (status, _, body) = await AskAsync(service, "/incidents/5", "text/html");
        Assert.Equal(HttpStatusCode.Gone, status);
        Assert.Contains("No Longer Here", body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await AskAsync(service, "/incidents/6", "text/html")).Status);
    }

    [Fact]
    public async Task Error_pages_are_in_the_visitors_language_if_the_site_offers_it()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        Assert.Equal(200, (await service.AskAsync("PATCH", "/api/v4/site/i18n", Both)).Status);
        await Eventually.TrueAsync(() => Task.FromResult(service.Board.Find(Variant.KeyOfError(404, "de", "system")) is not null));
        Assert.Contains("lang=\"de\"", (await AskAsync(service, "/nothing", "text/html", "de-AT, en;q=0.5")).Body, StringComparison.Ordinal);
        Assert.Contains("lang=\"de\"", (await AskAsync(service, "/", "text/html", "de-AT, en;q=0.5")).Body, StringComparison.Ordinal);
        Assert.Contains("lang=\"en\"", (await AskAsync(service, "/", "text/html", "xx, fr")).Body, StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode, string?)> TypeAsync(Service service, string path, string accept)
    {
        using var client = service.Host.Client();
        client.DefaultRequestHeaders.Add("Accept", accept);
        using var response = await client.GetAsync(path, TestContext.Current.CancellationToken);
        return (response.StatusCode, response.Content.Headers.ContentType?.MediaType);
    }

    private static async Task<(HttpStatusCode Status, string? Type, string Body)> AskAsync(Service service, string path, string accept, string languages = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.TryAddWithoutValidation("Accept-Language", languages);
        using var response = await service.Host.Anonymous.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}

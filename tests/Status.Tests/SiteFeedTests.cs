using System.Net;
using System.ServiceModel.Syndication;
using System.Xml;
using System.Xml.Linq;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.TestKit;

namespace Kener.Status.Tests;

/// <summary>/rss.xml, read by third-party parsers.</summary>
public sealed class SiteFeedTests
{
    private const string Hostile = "<script>alert(1)</script> & \"]]>\u0001\ud800 –";

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task The_feed_has_an_item_for_each_recent_incident_with_its_updates(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1) with { Name = "Payments & more" });
        await service.TellAsync(Given.Incident(5, Given.Noon - 600, null, new IncidentLink(1, MonitorStatus.Down)) with
        {
            Title = "Login is slow",
            State = IncidentState.Identified,
            Updates = [new IncidentUpdate(2, Given.Noon - 60, IncidentState.Identified, "It is the *cache*"), new IncidentUpdate(1, Given.Noon - 600, IncidentState.Investigating, "We look")],
        });
        await service.TellAsync(Given.Incident(4, Given.Noon - 300) with { Title = "Older news" });
        await service.TellAsync(Given.Incident(3, Given.Noon - 91 * Given.Day) with { Title = "Long ago", IsGlobal = true });
        await service.TellAsync(Given.Incident(2, Given.Noon + 60) with { Title = "Soon", IsGlobal = true });
        var feed = await ReadAsync(service);
        Assert.Equal(["[Incident] Login is slow", "[Incident] Older news"], feed.Items.Select(item => item.Title.Text));
        var item = feed.Items.First();
        Assert.Equal(("incident-5", Given.Noon - 60), (item.Id, item.PublishDate.ToUnixTimeSeconds()));
        Assert.EndsWith("/incidents/5", item.Links.Single().Uri.AbsoluteUri, StringComparison.Ordinal);
        foreach (var words in (string[])["Identified", "Payments &amp; more", "<em>cache</em>", "We look"]) Assert.Contains(words, item.Summary.Text, StringComparison.Ordinal);

        // There is no further request: the change and the clock cause the rendering.
        await service.TellAsync(Given.Incident(4, Given.Noon - 300) with { Title = "Newer words", Version = 2 });
        await ShowsAsync(service, "[Incident] Newer words");
        await service.TellAsync(new IncidentChanged { Id = 4, Version = 3, Deleted = true });
        await Eventually.TrueAsync(() => Task.FromResult(Shown(service).All(title => title != "[Incident] Newer words")));
        service.Clock.Advance(TimeSpan.FromSeconds(60));
        await ShowsAsync(service, "[Incident] Soon");
    }

    [Fact]
    public async Task User_texts_leave_the_feed_well_formed()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        Assert.Equal(200, (await service.AskAsync("PATCH", "/api/v4/site/siteName", """{"value":"A <b> & \"c\""}""")).Status);
        await service.TellAsync(Given.Incident(5, Given.Noon - 60) with { Title = Hostile, Updates = [new IncidentUpdate(1, long.MaxValue, IncidentState.Resolved, Hostile)] });
        var feed = await ReadAsync(service);
        Assert.StartsWith("A <b> & \"c\"", feed.Title.Text, StringComparison.Ordinal);
        var item = Assert.Single(feed.Items);
        Assert.Equal("[Incident] <script>alert(1)</script> & \"]]>\ufffd\ufffd –", item.Title.Text);
        Assert.DoesNotContain("<script", item.Summary.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_incident_with_only_hidden_monitors_is_not_in_the_feed()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        await service.TellAsync(Given.Monitor(1) with { Hidden = true });
        await service.TellAsync(Given.Incident(5, Given.Noon - 60, null, new IncidentLink(1, MonitorStatus.Down)));
        Assert.Empty((await ReadAsync(service)).Items);
    }

    [Fact]
    public async Task The_feed_is_the_same_for_all_visitors_and_pages_link_to_it()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/rss.xml");
        request.Headers.Add("Cookie", "kener_theme=dark; kener_tz=Asia/Tokyo");
        using var answer = await service.Host.Anonymous.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/rss+xml; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.True(answer.Headers.CacheControl!.Public);
        Assert.DoesNotContain(service.Board.All, page => page.Key.StartsWith("page:/rss.xml?", StringComparison.Ordinal));
        Assert.Contains("<link rel=\"alternate\" type=\"application/rss+xml\"", WebUtility.HtmlDecode((await service.GetAsync("/")).Body), StringComparison.Ordinal);
    }

    private static async Task<SyndicationFeed> ReadAsync(Service service)
    {
        var (status, body) = await service.GetAsync("/rss.xml");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("2.0", XDocument.Parse(body).Root!.Attribute("version")!.Value);
        using var reader = XmlReader.Create(new StringReader(body));
        return SyndicationFeed.Load(reader);
    }

    private static IEnumerable<string> Shown(Service service) =>
        XDocument.Load(new MemoryStream(service.Board.Find("page:/rss.xml")!.Body)).Descendants("item").Select(item => item.Element("title")!.Value);

    private static Task ShowsAsync(Service service, string title) => Eventually.TrueAsync(() => Task.FromResult(Shown(service).Contains(title)));
}

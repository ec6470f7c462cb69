using System.Net;
using System.Text;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Publishing;
using Kener.TestKit;

namespace Kener.Status.Tests;

public sealed class IncidentPageTests
{
    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_page_is_rendered_on_its_first_request_and_again_after_each_change(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        var incident = Given.Incident(5, Given.Noon, null, new IncidentLink(1, MonitorStatus.Down)) with { Title = "First words" };
        await service.TellAsync(Given.Monitor(1));
        await service.TellAsync(incident);
        Assert.Null(Page(service));
        var (status, body) = await service.GetAsync("/incidents/5");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("First words", body, StringComparison.Ordinal);
        Assert.Contains("Monitor 1", body, StringComparison.Ordinal);

        // There is no further request: the change itself causes the rendering.
        await service.TellAsync(incident with { Version = 2, Title = "Second words" });
        await SaysAsync(service, "Second words");
        await service.TellAsync(Given.Monitor(1, 2) with { Name = "Payments" });
        await SaysAsync(service, "Payments");
        await service.TellAsync(Given.Monitor(1, 3) with { Name = "Payments", Hidden = true });
        await Eventually.TrueAsync(() => Task.FromResult(!Text(service).Contains("Payments", StringComparison.Ordinal)));

        await service.TellAsync(new IncidentChanged { Id = 5, Version = 3, Deleted = true });
        await Eventually.TrueAsync(() => Task.FromResult(Page(service) is null));
        Assert.Equal(HttpStatusCode.Gone, (await service.GetAsync("/incidents/5")).Status);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("+5")]
    [InlineData("5.0")]
    [InlineData("0x5")]
    [InlineData("abc")]
    [InlineData("99999999999999999999999999")]
    [InlineData("9223372036854775807")]
    [InlineData("%00")]
    [InlineData("5%20")]
    [InlineData("%D9%A5")]
    public async Task An_address_without_an_incident_is_not_found(string id)
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        await service.TellAsync(Given.Incident(5, Given.Noon));
        var status = (await service.GetAsync("/incidents/" + id)).Status;
        Assert.True(status is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{status}");
        Assert.DoesNotContain(service.Board.All, page => page.Key.StartsWith("page:/incidents/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Concurrent_requests_cause_one_rendering()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        await service.TellAsync(Given.Incident(5, Given.Noon));
        await service.SettledAsync();
        var drawn = 0;
        service.Board.Changed += (key, _) =>
        {
            if (key == "page:/incidents/5") Interlocked.Increment(ref drawn);
        };
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => service.GetAsync("/incidents/5")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(1, drawn);
    }

    [Fact]
    public async Task An_incident_that_is_shown_nowhere_else_has_its_own_page()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        await service.TellAsync(Given.Incident(5, Given.Noon + 3600) with { Title = "Soon" });
        Assert.Empty((await service.ViewAsync()).Ongoing);
        Assert.Contains("Soon", (await service.GetAsync("/incidents/5")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_of_many_concurrent_changes_is_shown()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        await service.TellAsync(Given.Incident(5, Given.Noon));
        await service.GetAsync("/incidents/5");
        await Task.WhenAll(Enumerable.Range(2, 30).Select(version => service.TellAsync(Given.Incident(5, Given.Noon) with { Version = version, Title = $"Title {version}." })));
        await SaysAsync(service, "Title 31.");
    }

    [Fact]
    public async Task The_least_recently_used_pages_are_dropped_beyond_the_limit()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        for (var id = 1; id <= PageLimits.PagesAtMost + 1; id++)
        {
            await service.TellAsync(Given.Incident(id, Given.Noon, Given.Noon));
            await service.GetAsync($"/incidents/{id}");
            if (id == 2) await service.GetAsync("/incidents/1");
        }
        Assert.Equal(PageLimits.PagesAtMost, service.Board.All.Count(page => page.Key.StartsWith("page:/incidents/", StringComparison.Ordinal)));
        Assert.NotNull(service.Board.Find("page:/incidents/1"));
        Assert.Null(service.Board.Find("page:/incidents/2"));
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/incidents/2")).Status);
    }

    private static Snapshot? Page(Service service) => service.Board.Find("page:/incidents/5");

    private static string Text(Service service) => Page(service) is { } page ? Encoding.UTF8.GetString(page.Body) : "";

    private static Task SaysAsync(Service service, string words) =>
        Eventually.TrueAsync(() => Task.FromResult(Text(service).Contains(words, StringComparison.Ordinal)));
}

using System.IO.Compression;
using System.Net;
using System.Text;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Database;
using Kener.Status.Publishing;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Tests;

/// <summary>The home page is rendered when something changes or when the clock changes it, not on request.</summary>
public sealed class HomeSnapshotTests
{
    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task An_incident_is_on_the_page_as_soon_as_its_event_arrives(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1));
        await service.TellAsync(Given.Incident(1, Given.Noon - 60, null, new IncidentLink(1, MonitorStatus.Down)) with { Title = "Login is slow" });
        // The clock stands still, so only the event can have caused the rendering.
        var home = await service.SettledAsync();
        Assert.Contains("Login is slow", Encoding.UTF8.GetString(home.Body), StringComparison.Ordinal);
        var (status, body) = await service.GetAsync("/");
        Assert.Equal((HttpStatusCode.OK, Encoding.UTF8.GetString(home.Body)), (status, body));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Results_with_the_same_status_are_rendered_within_a_second_and_a_new_status_at_once(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        await service.TellAsync(Given.Monitor(1));
        await service.RecordAsync(Given.Result(1, Given.Noon - 60, MonitorStatus.Up));
        await service.QuietAsync();
        var first = await service.SettledAsync();
        await service.RecordAsync(Given.Result(1, Given.Noon, MonitorStatus.Up));
        await service.TellAsync(Given.Monitor(1));
        await service.QuietAsync();
        Assert.Equal(first.Version, service.Home!.Version);
        service.Clock.Advance(TimeSpan.FromSeconds(1));
        var second = await service.SettledAsync();
        Assert.True(second.Version > first.Version);
        await service.RecordAsync(Given.Result(1, Given.Noon, MonitorStatus.Down, version: 2));
        Assert.True((await service.SettledAsync()).Version > second.Version);
    }

    [Fact]
    public async Task The_clock_alone_starts_an_incident_counts_its_minutes_and_ends_it()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        await service.TellAsync(Given.Monitor(1));
        await service.TellAsync(Given.Incident(1, Given.Noon + 30, Given.Noon + 130, new IncidentLink(1, MonitorStatus.Down)) with { State = IncidentState.Monitoring });
        var seen = new List<string>();
        foreach (var seconds in (int[])[0, 30, 30, 60, 10])
        {
            service.Clock.Advance(TimeSpan.FromSeconds(seconds));
            await service.SettledAsync();
            var view = await service.ViewAsync();
            seen.Add($"{view.Ongoing.Count} {view.Resolved!.Count} {view.Monitors[0].Now} {view.Monitors[0].Days[^1].Down}");
        }
        Assert.Equal(["0 0 NoData 0", "1 0 Down 0", "1 0 Down 1", "1 0 Down 2", "0 1 NoData 2"], seen);
    }

    [Fact]
    public async Task A_new_day_starts_at_midnight_and_a_resolved_incident_leaves_the_list_after_a_week()
    {
        var tomorrow = Given.Midnight + Given.Day;
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite, tomorrow - 30);
        await service.TellAsync(Given.Monitor(1));
        await service.RecordAsync(Given.Result(1, Given.Noon, MonitorStatus.Up, 721));
        await service.TellAsync(Given.Incident(1, Given.Noon - 8 * Given.Day, tomorrow + 20 - 7 * Given.Day) with { IsGlobal = true });
        var seen = new List<string>();
        foreach (var seconds in (int[])[0, 29, 1, 20, 1])
        {
            service.Clock.Advance(TimeSpan.FromSeconds(seconds));
            // Only the clock changes, so only the clock can have caused the rendering.
            await service.SettledAsync();
            var view = await service.ViewAsync();
            seen.Add($"{view.Today:dd} {view.Monitors[0].Days[^2].Up} {view.Monitors[0].Days[^1].Up} {view.Resolved!.Count}");
        }
        Assert.Equal(["04 0 720 1", "04 0 720 1", "05 720 1 1", "05 720 1 1", "05 720 1 0"], seen);
    }

    [Fact]
    public async Task A_page_whose_bytes_are_unchanged_is_not_published_again()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        await service.TellAsync(Given.Monitor(1));
        var before = await service.SettledAsync();
        var announced = 0;
        service.Board.Changed += (key, _) => Interlocked.Add(ref announced, key == SitePages.HomeKey ? 1 : 0);
        for (var version = 2; version < 12; version++) await service.TellAsync(Given.Monitor(1, version));
        await service.TellAsync(Given.Monitor(2) with { Hidden = true });
        await Eventually.TrueAsync(() => Task.FromResult(service.Home == before));
        service.Clock.Advance(TimeSpan.FromSeconds(5));
        await service.TellAsync(Given.Monitor(1, 20) with { Name = "New name" });
        await service.SettledAsync();
        await Eventually.TrueAsync(() => Task.FromResult(Volatile.Read(ref announced) == 1));
    }

    [Fact]
    public async Task The_version_of_the_page_increases_with_each_change()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        var last = (await service.SettledAsync()).Version;
        for (var version = 1; version < 6; version++)
        {
            await service.TellAsync(Given.Monitor(1, version) with { Name = $"Name {version}" });
            var now = (await service.SettledAsync()).Version;
            Assert.True(now > last);
            last = now;
        }
    }

    [Fact]
    public async Task All_content_encodings_hold_the_same_bytes_and_the_page_has_a_content_security_policy()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        var home = await service.SettledAsync();
        Assert.Equal(home.Body, Unpacked(new BrotliStream(new MemoryStream(home.Brotli!), CompressionMode.Decompress)));
        Assert.Equal(home.Body, Unpacked(new GZipStream(new MemoryStream(home.Gzip!), CompressionMode.Decompress)));
        Assert.False(string.IsNullOrEmpty(home.ContentSecurityPolicy));
        Assert.Equal("text/html; charset=utf-8", home.ContentType);

        static byte[] Unpacked(Stream stream)
        {
            using var whole = new MemoryStream();
            using (stream) stream.CopyTo(whole);
            return whole.ToArray();
        }
    }

    [Fact]
    public async Task A_request_with_a_matching_ETag_is_304_and_HEAD_has_no_body()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        await service.SettledAsync();
        using var first = await service.Host.Anonymous.GetAsync("/", TestContext.Current.CancellationToken);
        Assert.Equal("public, max-age=5, stale-while-revalidate=30", first.Headers.CacheControl!.ToString());
        using var again = new HttpRequestMessage(HttpMethod.Get, "/");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await service.Host.Anonymous.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        using var head = await service.Host.Anonymous.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/"), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, 0), (head.StatusCode, (await head.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length));
    }

    [Fact]
    public async Task The_snapshots_are_confirmed_periodically()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        await service.SettledAsync();
        for (var i = 0; i < 3; i++)
        {
            var before = service.Now;
            await service.Clock.TurnUntilAsync(() => service.Board.ConfirmedMs > before * 1000);
        }
    }

    [Fact]
    public async Task A_newer_version_of_another_process_causes_a_new_rendering_within_a_second()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        var home = await service.SettledAsync();
        Assert.True(await service.ReadAsync(db => db.Database.ExecuteSqlAsync(
            PublishedVersion.Raise(PageKind.Status, "/", home.Version, home.Version + 1, "\"another\""), TestContext.Current.CancellationToken)) == 1);
        await service.Clock.TurnUntilAsync(() => service.Home!.Version > home.Version + 1 && service.Home.ETag == home.ETag);
    }

    [Fact]
    public async Task The_service_is_ready_only_while_the_home_page_is_there()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        await service.SettledAsync();
        await Eventually.TrueAsync(async () => (await service.GetAsync("/ready")).Status == HttpStatusCode.OK);
        service.Board.Remove(SitePages.HomeKey);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await service.GetAsync("/ready")).Status);
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/")).Status);
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync("/ready")).Status);
    }
}

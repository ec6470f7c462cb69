using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Monitors.Tests;

/// <summary>What the owner of monitors publishes when other services have other versions.</summary>
public sealed class ReconciliationTests
{
    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Monitors_that_others_have_in_a_newer_version_are_published_above_it_and_unknown_ones_as_deleted(DatabaseKind database)
    {
        await using var app = await MonitorsApp.StartAsync(database);
        var ((older, olderId), (missed, missedId)) = (await app.MonitorAsync(), await app.MonitorAsync());
        await Eventually.TrueAsync(() => Task.FromResult(app.Heard.Of(older).Count + app.Heard.Of(missed).Count == 2));
        var (before, missedVersion) = (app.Heard.Of(older).Single().Version, app.Heard.Of(missed).Single().Version);
        app.Heard.Clear();
        await app.Host.PublishAsync(new VersionsDisputed
        {
            By = "test",
            Type = nameof(MonitorChanged),
            Known = [new() { Id = olderId, Version = before + 3_600_000 }, new() { Id = missedId, Version = 0 }, new() { Id = 700, Version = 8 }],
        });
        await Eventually.TrueAsync(() => Task.FromResult(app.Heard.Of("").Count == 1));
        Assert.Equal((before + 3_600_001, false), (app.Heard.Of(older).Single().Version, app.Heard.Of(older).Single().Deleted));
        Assert.Equal(missedVersion, app.Heard.Of(missed).Single().Version);
        Assert.True(app.Heard.Of("").Single() is { Id: 700, Deleted: true, Version: > 8 });
        Assert.Equal(701, (await app.MonitorAsync()).Id);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_correction_after_a_restore_is_newer_than_the_one_that_was_lost(DatabaseKind database)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        await using var app = await MonitorsApp.StartAsync(database, clock);
        var (tag, id) = await app.MonitorAsync();
        await app.PatchAsync($"/{tag}/data/600", """{"status":"DOWN"}""");
        var lost = (await Eventually.GetAsync(() => Task.FromResult(app.Heard.Of(id)), heard => heard.Count == 1)).Single().Runs.Single().Version;
        await app.WithDbAsync(db => db.Results.ExecuteDeleteAsync(TestContext.Current.CancellationToken));
        clock.Advance(TimeSpan.FromSeconds(2));
        await app.PatchAsync($"/{tag}/data/600", """{"status":"UP"}""");
        var later = (await Eventually.GetAsync(() => Task.FromResult(app.Heard.Of(id)), heard => heard.Count == 2))[^1].Runs.Single().Version;
        Assert.InRange(later, lost + 1, int.MaxValue);
    }
}

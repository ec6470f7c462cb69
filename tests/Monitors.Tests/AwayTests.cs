using System.Net;
using Kener.Contracts;
using Kener.Monitors.Heartbeats;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Monitors.Tests;

/// <summary>Heartbeats after the service itself could not be called for a time (Behavior: HBT-3).</summary>
public sealed class AwayTests
{
    private const long Start = 1_800_000_000;

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task After_downtime_of_the_service_a_heartbeat_has_its_full_grace_period_and_one_that_was_down_stays_down(DatabaseKind database)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(Start));
        var folder = Directory.CreateTempSubdirectory("kener-test-").FullName;
        var (connection, drop) = database == DatabaseKind.PostgreSQL ? await PostgresDatabase.CreateAsync() : ("", () => ValueTask.CompletedTask);
        var settings = connection.Length == 0 ? null : new Dictionary<string, string?> { ["ConnectionStrings:monitordb"] = connection };
        (string Tag, long Id) silent, alive;
        await using (var app = await MonitorsApp.StartAsync(database, clock, folder, settings))
        {
            (silent, alive) = (await MadeAsync(app), await MadeAsync(app));
            await BeatAsync(app, silent.Tag);
            await BeatAsync(app, alive.Tag);
            foreach (var minute in new[] { 1, 2, 3, 4 }) await IsAsync(app, silent.Id, minute, minute < 3 ? MonitorStatus.Up : MonitorStatus.Degraded);
            await BeatAsync(app, alive.Tag);
            await IsAsync(app, silent.Id, 5, MonitorStatus.Down);
            await IsAsync(app, alive.Id, 5, MonitorStatus.Up);
        }
        clock.SetUtcNow(At(60));
        await using (var app = await MonitorsApp.StartAsync(database, clock, folder, settings))
        {
            await IsAsync(app, silent.Id, 60, MonitorStatus.Down);
            foreach (var minute in new[] { 60, 61, 62 }) await IsAsync(app, alive.Id, minute, MonitorStatus.Up);
            foreach (var minute in new[] { 63, 64 }) await IsAsync(app, alive.Id, minute, MonitorStatus.Degraded);
            await IsAsync(app, alive.Id, 65, MonitorStatus.Down);
            await BeatAsync(app, alive.Tag);
            // The same process, suspended for an hour.
            await IsAsync(app, alive.Id, 125, MonitorStatus.Up);
            foreach (var minute in new[] { 126, 127, 128 }) await IsAsync(app, alive.Id, minute, minute < 128 ? MonitorStatus.Up : MonitorStatus.Degraded);
        }
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
        await drop();

        async Task IsAsync(MonitorsApp app, long monitor, int minute, MonitorStatus expected)
        {
            if (clock.GetUtcNow() < At(minute)) clock.SetUtcNow(At(minute));
            await Eventually.GetAsync(() =>
            {
                // Starts another evaluation: one in progress when the clock was set may have missed it, and the clock may not advance further.
                app.Host.Services.GetRequiredService<Evaluations>().Wake();
                if (clock.GetUtcNow() < At(minute).AddSeconds(30)) clock.Advance(TimeSpan.FromMilliseconds(100));
                return app.WithDbAsync(async db => (await db.Results.AsNoTracking().FirstOrDefaultAsync(
                    row => row.MonitorId == monitor && row.Minute == Start + (minute * 60L)))?.Status);
            }, status => status == expected);
        }
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Only_the_newest_spans_are_kept(DatabaseKind database)
    {
        await using var app = await MonitorsApp.StartAsync(database, new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(Start)));
        var cancel = TestContext.Current.CancellationToken;
        await Eventually.TrueAsync(() => app.WithDbAsync(db => db.AwakeSpans.AnyAsync(span => span.Start == Start, cancel)));
        await app.WithDbAsync(db => db.Database.ExecuteSqlAsync($"""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200) INSERT INTO awake_spans (process, start_at, end_at) SELECT 'p', i, i FROM n
            """, cancel));
        await app.WithDbAsync(async db =>
        {
            await AwakeSpan.ForgetOldAsync(db, cancel);
            return 0;
        });
        Assert.Equal((1_000, Start), await app.WithDbAsync(async db => (await db.AwakeSpans.CountAsync(cancel), await db.AwakeSpans.MaxAsync(span => span.Start, cancel))));
    }

    [Theory]
    [InlineData("0-100", 100, 100)]
    [InlineData("-50-100", 100, 100)]
    [InlineData("0-40 60-100", 100, 40)]
    [InlineData("0-40 40-100", 100, 100)]
    [InlineData("0-60 30-100", 100, 100)]
    [InlineData("30-100 0-60", 100, 100)]
    [InlineData("90-100", 100, 10)]
    [InlineData("", 100, 0)]
    [InlineData("0-1000", 100, 100)]
    [InlineData("-90--10", 100, 0)]
    // A second replica ran all the time.
    [InlineData("0-40 60-100 0-100", 100, 100)]
    // Continual restarts do not hide silence for ever: half of the total time counts.
    [InlineData("0-10 11-21 22-32 33-43 44-54", 54, 25)]
    public void Silence_is_the_longest_time_without_a_ping_or_an_interruption(string spans, long now, long expected)
    {
        var awake = spans.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text =>
        {
            var dash = text.IndexOf('-', 1);
            return new AwakeSpan { Process = text, Start = long.Parse(text[..dash], null), End = long.Parse(text[(dash + 1)..], null) };
        });
        Assert.Equal(expected, AwakeSpan.Unheard(awake, 0, now));
    }

    private static DateTimeOffset At(int minute) => DateTimeOffset.FromUnixTimeSeconds(Start + (minute * 60L));

    private static Task<(string Tag, long Id)> MadeAsync(MonitorsApp app) => app.MonitorAsync(
        ""","monitor_type":"HEARTBEAT","cron":"* * * * *","type_data":{"secretString":"s","degradedRemainingMinutes":2,"downRemainingMinutes":4}""");

    private static async Task BeatAsync(MonitorsApp app, string tag)
    {
        using var answer = await app.Host.Anonymous.GetAsync($"/ext/heartbeat/{tag}/s", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}

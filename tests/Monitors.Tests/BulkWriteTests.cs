using System.Net;
using Kener.Contracts;
using Kener.Monitors.Results;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Monitors.Tests;

/// <summary>Long corrections do not block results and pings (Behavior: COR-5).</summary>
public sealed class BulkWriteTests
{
    private const int Days = 20;
    private const long From = 1_700_006_400, To = From + (Days * Minutes.Day) - 60;

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task During_long_corrections_pings_and_results_are_stored_and_one_correction_runs_at_a_time(DatabaseKind database)
    {
        await using var app = await MonitorsApp.StartAsync(database);
        var cancel = TestContext.Current.CancellationToken;
        var bulk = app.Host.Services.GetRequiredService<BulkWrites>();
        var (job, jobId) = await app.MonitorAsync(""","monitor_type":"HEARTBEAT","cron":"* * * * *","type_data":{"secretString":"s"}""");
        var (_, checkedId) = await app.CheckedAsync();
        List<(string Tag, long Id)> monitors = [await app.MonitorAsync(), await app.MonitorAsync(), await app.MonitorAsync()];
        var held = await bulk.PartAsync(cancel);
        var corrections = monitors.Select(monitor => app.PatchAsync($"/{monitor.Tag}/data", Range(To))).ToList();
        // Lets parts through one by one until the first correction is between two of its parts.
        await Eventually.TrueAsync(async () =>
        {
            var next = bulk.PartAsync(cancel);
            held.Dispose();
            held = await next;
            return await CountAsync() > 0;
        });
        var stored = await CountAsync();
        Assert.InRange(stored, 1, (Days - 1) * 1_440);

        using var answer = await app.Host.Anonymous.GetAsync($"/ext/heartbeat/{job}/s", cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var minute = Minutes.Floor(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        Assert.Equal((1, 0), await app.ReportAsync(MonitorsApp.Result(checkedId, minute)));
        Assert.True(await app.WithDbAsync(db => db.Pings.AnyAsync(beat => beat.MonitorId == jobId, cancel)));
        Assert.DoesNotContain(corrections, correction => correction.IsCompleted);
        Assert.Equal(stored, await CountAsync());
        Assert.Equal(1, await app.WithDbAsync(db => db.Results.Where(row => row.Minute >= From && row.Minute <= To).Select(row => row.MonitorId).Distinct().CountAsync(cancel)));

        held.Dispose();
        foreach (var correction in corrections) Assert.Equal(HttpStatusCode.OK, (await correction).Status);
        Assert.Equal(3 * Days * 1_440, await CountAsync());

        Task<int> CountAsync() => app.WithDbAsync(db => db.Results.CountAsync(row => row.Minute >= From && row.Minute <= To, cancel));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task An_aborted_correction_is_complete_after_a_retry_and_does_not_block_others(DatabaseKind database)
    {
        await using var app = await MonitorsApp.StartAsync(database);
        var cancel = TestContext.Current.CancellationToken;
        var bulk = app.Host.Services.GetRequiredService<BulkWrites>();
        var (tag, id) = await app.MonitorAsync();
        using (var held = await bulk.PartAsync(cancel))
        using (var client = app.Host.Client())
        using (var leaving = new CancellationTokenSource())
        using (var body = new StringContent(Range(To)))
        {
            var broken = client.PatchAsync($"/api/v4/monitors/{tag}/data", body, leaving.Token);
            await Eventually.TrueAsync(async () =>
            {
                // It has begun once no other correction can begin.
                using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
                try
                {
                    (await bulk.AloneAsync(soon.Token)).Dispose();
                    return false;
                }
                catch (OperationCanceledException)
                {
                    return true;
                }
            });
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => broken);
        }
        Assert.Equal(HttpStatusCode.OK, (await app.PatchAsync($"/{tag}/data", Range(To))).Status);
        Assert.Equal(Days * 1_440, await app.WithDbAsync(db => db.Results.CountAsync(row => row.MonitorId == id, cancel)));
    }

    private static string Range(long to) => $$"""{"start_ts":{{From}},"end_ts":{{to}},"status":"DOWN","latency":5}""";
}

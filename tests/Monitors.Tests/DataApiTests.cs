using System.Globalization;
using System.Net;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Tests;

/// <summary>Recorded minutes as API v4 writes and returns them (Behavior: API-10, COR-2, STA-3).</summary>
public sealed class DataApiTests(MonitorsApps apps)
{
    private const long Noon = 1_700_049_600;

    private static string Sample(string tag, long timestamp, string status, string latency, string type, string raw) =>
        $$"""{"monitor_tag":"{{tag}}","timestamp":{{timestamp}},"status":"{{status}}","latency":{{latency}},"type":"{{type}}","raw_status":"{{raw}}"}""";

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_correction_of_a_minute_keeps_what_it_does_not_set_and_can_be_read(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, _) = await app.MonitorAsync();
        var path = $"/{tag}/data/{Noon + 59}";
        var missing = await app.GetAsync(path);
        Assert.Equal((HttpStatusCode.NotFound, $"No monitoring data found for monitor '{tag}' at timestamp {Noon}"), (missing.Status, missing.Message));

        Assert.Equal(Sample(tag, Noon, "UP", "0", "MANUAL", "UP"), (await app.PatchAsync(path, "{}")).Data.GetRawText());
        Assert.Equal(Sample(tag, Noon, "DOWN", "0", "MANUAL", "DOWN"), (await app.PatchAsync(path, """{"status":"DOWN"}""")).Data.GetRawText());
        Assert.Equal(Sample(tag, Noon, "DOWN", "12.5", "MANUAL", "DOWN"), (await app.PatchAsync(path, """{"latency":12.5}""")).Data.GetRawText());
        Assert.Equal(Sample(tag, Noon, "DOWN", "12.5", "MANUAL", "DOWN"), (await app.GetAsync(path)).Data.GetRawText());
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_range_is_written_including_its_end_and_read_excluding_it(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, _) = await app.MonitorAsync();
        var written = await app.PatchAsync($"/{tag}/data", $$"""{"start_ts":{{Noon}},"end_ts":{{Noon + 120}},"status":"DEGRADED","latency":10}""");
        Assert.Equal("""{"message":"Monitoring data updated successfully","updated_count":2}""", written.Body.GetRawText());

        var read = await app.GetAsync($"/{tag}/data?start_ts={Noon + 5}&end_ts={Noon + 125}");
        Assert.Equal($"[{Sample(tag, Noon, "DEGRADED", "10", "MANUAL", "DEGRADED")},{Sample(tag, Noon + 60, "DEGRADED", "10", "MANUAL", "DEGRADED")}]",
            read.Data.GetRawText());
        Assert.Equal(3, (await app.GetAsync($"/{tag}/data?start_ts=0&end_ts=253402300799")).Data.GetArrayLength());
        Assert.Equal("[]", (await app.GetAsync($"/{tag}/data?start_ts=0&end_ts=60")).Data.GetRawText());
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Each_overwrite_raises_the_versions_of_its_minutes_and_is_published_in_runs(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, id) = await app.MonitorAsync();
        var start = EventVersions.OfCorrection(DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        await app.PatchAsync($"/{tag}/data/{Noon + 60}", """{"status":"UP","latency":1}""");
        await app.PatchAsync($"/{tag}/data", $$"""{"start_ts":{{Noon}},"end_ts":{{Noon + 180}},"status":"DOWN","latency":1}""");
        await app.PatchAsync($"/{tag}/data", $$"""{"start_ts":{{Noon + 120}},"end_ts":{{Noon + 180}},"status":"DOWN","latency":1}""");

        var heard = await Eventually.GetAsync(() => Task.FromResult(app.Heard.Of(id)), messages => messages.Count == 3);
        var minutes = heard.SelectMany(message => message.Runs)
            .SelectMany(run => Enumerable.Range(0, run.Count).Select(i => (Minute: run.Minute + 60 * i, run.Status, run.Version))).ToList();
        Assert.Equal([Noon + 60, Noon, Noon + 60, Noon + 120, Noon + 180, Noon + 120, Noon + 180], minutes.Select(minute => minute.Minute));
        Assert.Equal([MonitorStatus.Up, .. Enumerable.Repeat(MonitorStatus.Down, 6)], minutes.Select(minute => minute.Status));
        Assert.All(minutes, minute => Assert.InRange(minute.Version, start, int.MaxValue));
        Assert.All(minutes.GroupBy(minute => minute.Minute).Select(same => same.Select(minute => minute.Version)),
            versions => Assert.Equal(versions.Distinct().Order(), versions));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Concurrent_corrections_each_get_their_own_version(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, id) = await app.MonitorAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => i % 2 == 0
            ? app.PatchAsync($"/{tag}/data/{Noon}", $$"""{"status":"DOWN","latency":{{i}}}""")
            : app.PatchAsync($"/{tag}/data", $$"""{"start_ts":{{Noon - 600}},"end_ts":{{Noon + 600}},"status":"UP","latency":{{i}}}""")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        var heard = await Eventually.GetAsync(() => Task.FromResult(app.Heard.Of(id)), messages => messages.Count == 12);
        var versions = heard.SelectMany(message => message.Runs).Where(run => run.Minute <= Noon && run.Minute + 60L * run.Count > Noon).Select(run => run.Version);
        Assert.Equal(12, versions.Distinct().Count());
        var last = (await app.GetAsync($"/{tag}/data/{Noon}")).Data;
        Assert.Equal(last.GetProperty("latency").GetDouble(), app.Heard.Known(id)[Noon].Latency);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_range_of_366_days_is_written_exactly_and_one_second_more_is_rejected(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, id) = await app.MonitorAsync();
        const long Start = Noon - 366 * Minutes.Day;
        var tooLong = await app.PatchAsync($"/{tag}/data", $$"""{"start_ts":{{Start - 1}},"end_ts":{{Noon}},"status":"UP","latency":1}""");
        Assert.Equal(HttpStatusCode.BadRequest, tooLong.Status);
        var written = await app.PatchAsync($"/{tag}/data", $$"""{"start_ts":{{Start}},"end_ts":{{Noon}},"status":"UP","latency":1}""");
        Assert.Equal(527_040, written.Body.GetProperty("updated_count").GetInt32());

        var heard = await Eventually.GetAsync(() => Task.FromResult(app.Heard.Of(id)),
            messages => messages.Sum(message => message.Runs.Sum(run => run.Count)) == 527_041);
        Assert.Equal(367, heard.Count);
        var timestamps = (await app.GetAsync($"/{tag}/data?start_ts={Start}&end_ts={Noon + 60}")).Data.EnumerateArray()
            .Select(sample => sample.GetProperty("timestamp").GetInt64()).ToList();
        Assert.Equal(Enumerable.Range(0, 527_041).Select(i => Start + 60L * i), timestamps);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Latencies_deviate_by_whole_numbers_and_messages_stay_within_their_limits(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, id) = await app.MonitorAsync();
        await app.PatchAsync($"/{tag}/data", $$"""{"start_ts":{{Noon}},"end_ts":{{Noon + Minutes.Day}},"status":"UP","latency":100,"deviation":50}""");
        var read = (await app.GetAsync($"/{tag}/data?start_ts={Noon}&end_ts={Noon + Minutes.Day + 60}")).Data.EnumerateArray()
            .ToDictionary(sample => sample.GetProperty("timestamp").GetInt64(), sample => sample.GetProperty("latency").GetDouble());
        Assert.Equal(1_441, read.Count);
        Assert.All(read.Values, latency => Assert.True(latency is >= 50 and <= 150 && double.IsInteger(latency)));
        Assert.True(read.Values.Distinct().Count() > 50);
        await Eventually.TrueAsync(() => Task.FromResult(app.Heard.Known(id).Count == 1_441));
        Assert.Equal(read, app.Heard.Known(id).ToDictionary(minute => minute.Key, minute => minute.Value.Latency));
        Assert.All(app.Heard.Of(id), message => Assert.True(message.Runs.Count <= 1_000 && message.Runs.Sum(run => run.Count) <= 1_440));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task An_incident_overlays_recorded_minutes_and_leaves_their_observed_status(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, id) = await app.MonitorAsync();
        await app.PatchAsync($"/{tag}/data", $$"""{"start_ts":{{Noon}},"end_ts":{{Noon + 180}},"status":"UP","latency":7}""");
        var incident = new IncidentChanged { Id = id + 2_000_000, Version = 3, Start = Noon + 60, End = Noon + 180, Monitors = [new IncidentLink(id, MonitorStatus.Down)] };
        await app.Host.PublishAsync(incident);
        Assert.Equal("UP DOWN DOWN UP", await StatusesAsync());
        Assert.Equal(Sample(tag, Noon + 60, "DOWN", "7", "INCIDENT", "UP"), (await app.GetAsync($"/{tag}/data/{Noon + 60}")).Data.GetRawText());
        Assert.Equal(Sample(tag, Noon + 120, "DOWN", "7", "INCIDENT", "DEGRADED"),
            (await app.PatchAsync($"/{tag}/data/{Noon + 120}", """{"status":"DEGRADED"}""")).Data.GetRawText());
        Assert.Equal(HttpStatusCode.NotFound, (await app.GetAsync($"/{tag}/data/{Noon + 240}")).Status);

        await app.Host.PublishAsync(incident with { Version = 2, Monitors = [] });
        Assert.Equal("UP DOWN DOWN UP", await StatusesAsync());
        await app.Host.PublishAsync(incident with { Version = 4, End = null, Monitors = [new IncidentLink(id, MonitorStatus.Degraded)] });
        Assert.Equal("UP DEGRADED DEGRADED DEGRADED", await StatusesAsync());
        await app.Host.PublishAsync(new IncidentChanged { Id = incident.Id, Version = 5, Deleted = true });
        await app.Host.PublishAsync(incident with { Version = 4 });
        Assert.Equal("UP UP DEGRADED UP", await StatusesAsync());

        async Task<string> StatusesAsync() => string.Join(' ', (await app.GetAsync($"/{tag}/data?start_ts={Noon}&end_ts={Noon + 600}")).Data
            .EnumerateArray().Select(sample => sample.GetProperty("status").GetString()));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task An_incident_with_the_impact_UP_is_no_overlay(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, id) = await app.MonitorAsync();
        await app.PatchAsync($"/{tag}/data/{Noon}", """{"status":"DOWN","latency":7}""");
        var incident = new IncidentChanged { Id = id + 8_000_000, Version = 1, Start = Noon - 60, Monitors = [new IncidentLink(id, MonitorStatus.Up)] };
        await app.Host.PublishAsync(incident);
        Assert.Equal(Sample(tag, Noon, "DOWN", "7", "MANUAL", "DOWN"), (await app.GetAsync($"/{tag}/data/{Noon}")).Data.GetRawText());
        await app.Host.PublishAsync(incident with { Version = 2, Monitors = [new IncidentLink(id, MonitorStatus.Degraded)] });
        Assert.Equal(Sample(tag, Noon, "DEGRADED", "7", "INCIDENT", "DOWN"), (await app.GetAsync($"/{tag}/data/{Noon}")).Data.GetRawText());
        await app.Host.PublishAsync(incident with { Version = 3 });
        Assert.Equal(Sample(tag, Noon, "DOWN", "7", "MANUAL", "DOWN"), (await app.GetAsync($"/{tag}/data/{Noon}")).Data.GetRawText());
        Assert.Equal(0, await app.WithDbAsync(db => db.Overlays.CountAsync(row => row.SourceId == incident.Id)));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_range_within_one_minute_is_rejected(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, _) = await app.MonitorAsync();
        const string Message = "start_ts must be less than end_ts";
        foreach (var (start, end) in new[] { (Noon, Noon), (Noon, Noon + 59), (Noon + 1, Noon + 2), (Noon + 59, Noon + 1), (Noon + 60, Noon) })
        {
            var read = await app.GetAsync($"/{tag}/data?start_ts={start}&end_ts={end}");
            Assert.Equal((HttpStatusCode.BadRequest, Message), (read.Status, read.Message));
            var written = await app.PatchAsync($"/{tag}/data", $$"""{"start_ts":{{start}},"end_ts":{{end}},"status":"UP","latency":1}""");
            Assert.Equal((HttpStatusCode.BadRequest, Message), (written.Status, written.Message));
        }
        Assert.Equal(0, (await app.GetAsync($"/{tag}/data?start_ts={Noon + 59}&end_ts={Noon + 60}")).Data.GetArrayLength());
        var both = await app.PatchAsync($"/{tag}/data", $$"""{"start_ts":{{Noon + 59}},"end_ts":{{Noon + 60}},"status":"UP","latency":1}""");
        Assert.Equal(HttpStatusCode.OK, both.Status);
        Assert.Equal(2, (await app.GetAsync($"/{tag}/data?start_ts={Noon}&end_ts={Noon + 120}")).Data.GetArrayLength());
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Times_from_1970_to_a_day_ahead_are_stored(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, _) = await app.MonitorAsync();
        foreach (var timestamp in new[] { 0L, 59, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + Minutes.Day - 60 })
        {
            var path = $"/{tag}/data/{timestamp.ToString(CultureInfo.InvariantCulture)}";
            Assert.Equal(HttpStatusCode.OK, (await app.PatchAsync(path, """{"status":"DOWN","latency":1e9}""")).Status);
            Assert.Equal(Minutes.Floor(timestamp), (await app.GetAsync(path)).Data.GetProperty("timestamp").GetInt64());
        }
        Assert.Equal(2, (await app.GetAsync($"/{tag}/data?start_ts=0&end_ts=253402300799")).Data.GetArrayLength());
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Times_more_than_a_day_ahead_are_rejected_for_writes_and_accepted_for_reads(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, id) = await app.MonitorAsync();
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        foreach (var timestamp in new[] { now + (2 * Minutes.Day), 253_402_300_799 })
        {
            var minute = await app.PatchAsync($"/{tag}/data/{timestamp}", """{"status":"DOWN","latency":5}""");
            Assert.Equal((HttpStatusCode.BadRequest, "Timestamp must not be more than a day ahead"), (minute.Status, minute.Message));
            var range = await app.PatchAsync($"/{tag}/data", $$"""{"start_ts":{{timestamp - (3 * Minutes.Day)}},"end_ts":{{timestamp}},"status":"DOWN","latency":5}""");
            Assert.Equal((HttpStatusCode.BadRequest, "end_ts must not be more than a day ahead"), (range.Status, range.Message));
            Assert.Equal(HttpStatusCode.NotFound, (await app.GetAsync($"/{tag}/data/{timestamp}")).Status);
        }
        Assert.Equal("[]", (await app.GetAsync($"/{tag}/data?start_ts=0&end_ts=253402300799")).Data.GetRawText());
        Assert.Empty(app.Heard.Of(id));
    }
}

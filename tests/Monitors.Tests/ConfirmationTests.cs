using CsCheck;
using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Monitors.Results;
using Kener.Persistence.Overlays;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static Kener.Monitors.Tests.MonitorsApp;

namespace Kener.Monitors.Tests;

/// <summary>The grace period (Behavior: CON-1 to CON-5).</summary>
public sealed class ConfirmationTests(MonitorsApps apps)
{
    private readonly long Now = Minutes.Floor(DateTimeOffset.UtcNow.ToUnixTimeSeconds());

    private sealed class Row(Observation seen)
    {
        public Observation Seen => seen;
        public MonitorStatus Status { get; set; } = seen.Raw;
        public string? Message { get; set; } = seen.Message;
    }

    /// <summary>Applies the rules CON-1 to CON-3 of docs/behavior.md step by step, looking back over all earlier rows.</summary>
    private static List<(MonitorStatus, string?)> Model(int threshold, IEnumerable<Observation> ordered)
    {
        var rows = new List<Row>();
        foreach (var seen in ordered)
        {
            var row = new Row(seen);
            if (Confirmation.Counts(seen)) Commit(rows.FindAll(earlier => Confirmation.Counts(earlier.Seen)), row, threshold);
            rows.Add(row);
        }
        return [.. rows.Select(row => (row.Status, row.Message))];
    }

    private static void Commit(List<Row> earlier, Row row, int threshold)
    {
        if (earlier.Count == 0 || Same(earlier[^1].Status, row.Seen.Raw)) return;
        var anchor = earlier[^1].Status;
        var run = earlier.AsEnumerable().Reverse().TakeWhile(one => !Same(one.Seen.Raw, anchor) && Same(one.Status, anchor)).Reverse().Append(row).ToList();
        if (run.Count < threshold)
        {
            (row.Status, row.Message) = (anchor, Joined(row.Seen.Message, "Status held during grace period"));
            return;
        }
        foreach (var held in run)
        {
            held.Status = held.Seen.Raw;
            held.Message = held.Status == MonitorStatus.Up ? null
                : Joined(held.Seen.Message, $"{(held.Status == MonitorStatus.Down ? "Down" : "Degraded")} confirmed after {run.Count} consecutive checks");
        }
    }

    private static bool Same(MonitorStatus one, MonitorStatus other) => one == MonitorStatus.Up == (other == MonitorStatus.Up);

    private static string Joined(string? said, string note) => said is null ? note : $"{said}; {note}";

    private static readonly Gen<(MonitorStatus Raw, string? Message)> Seen = Gen.Select(Gen.OneOf(
        Gen.Const(MonitorStatus.Up), Gen.Const(MonitorStatus.Up), Gen.Const(MonitorStatus.Down), Gen.Const(MonitorStatus.Degraded), Gen.Const(MonitorStatus.NoData)),
        Gen.Bool, (raw, talks) => (raw, raw != MonitorStatus.Up && talks ? "refused" : (string?)null));

    [Fact]
    public void The_rule_matches_its_reference_model()
    {
        Gen.Select(Gen.Int[1, 5], Seen.Array[1, 40]).Sample((threshold, seen) =>
        {
            var rule = new Confirmation(threshold);
            var observations = seen.Select((one, i) => new Observation(1, i * 60, one.Raw, 1, ResultType.Realtime, one.Message)).ToList();
            var said = observations.Select(one => (one.Raw, one.Message)).ToArray();
            foreach (var one in observations.Where(Confirmation.Counts))
                foreach (var verdict in rule.Next(one)) said[verdict.Minute / 60] = (verdict.Status, verdict.Message);
            Assert.Equal(Model(threshold, observations), said);
        }, iter: Scale.Of(5_000));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Any_order_of_arrival_and_any_repetition_give_the_same_rows(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var sample = Gen.Select(Gen.Int[2, 4], Seen.Array[1, 16], Gen.Int[1, 6])
            .SelectMany((threshold, seen, size) => Gen.Shuffle(Enumerable.Range(0, seen.Length).Concat(Enumerable.Range(0, seen.Length / 3)).ToArray())
                .Select(order => (threshold, seen, size, order)));
        await sample.SampleAsync(async one =>
        {
            var (_, id) = await app.CheckedAsync($$""","confirmation_threshold":{{one.threshold}},"default_status":"NONE" """);
            foreach (var part in one.order.Chunk(one.size))
                await app.ReportAsync([.. part.Select(i => Result(id, Now - ((one.seen.Length - i) * 60), one.seen[i].Raw.ToWord(), 1, message: one.seen[i].Message))]);
            var expected = Model(one.threshold, one.seen.Select((seen, i) => new Observation(id, i, seen.Raw, 1, ResultType.Realtime, seen.Message)));
            var rows = await app.WithDbAsync(db => db.Results.Where(row => row.MonitorId == id).OrderBy(row => row.Minute).ToListAsync());
            Assert.Equal(expected, rows.Select(row => (row.Status, row.Message)));
            Assert.Equal(one.seen.Select(seen => seen.Raw), rows.Select(row => row.RawStatus));
            await Eventually.TrueAsync(() => Task.FromResult(app.Heard.Known(id).Select(known => (known.Value.Status, known.Value.Version)).SequenceEqual(rows.Select(row => (row.Status, row.Version)))));
        }, iter: Scale.Of(12), threads: 1);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_failure_and_a_recovery_count_from_their_first_check_once_three_checks_agree(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (_, id) = await app.CheckedAsync(""","confirmation_threshold":3""");
        long minute = Now - 1200;
        foreach (var (status, expected) in new[]
        {
            ("UP", "Up"), ("DOWN", "Up Up"), ("DOWN", "Up Up Up"), ("DOWN", "Up Down Down Down"), ("DEGRADED", "Up Down Down Down Degraded"),
            ("UP", "Up Down Down Down Degraded Degraded"), ("UP", "Up Down Down Down Degraded Degraded Degraded"), ("UP", "Up Down Down Down Degraded Up Up Up"),
        })
        {
            await app.ReportAsync(Result(id, minute += 60, status));
            var rows = await app.WithDbAsync(db => db.Results.Where(row => row.MonitorId == id).OrderBy(row => row.Minute).Select(row => row.Status).ToListAsync());
            Assert.Equal(expected, string.Join(' ', rows));
        }
        await Eventually.TrueAsync(() => Task.FromResult(string.Join(' ', app.Heard.Known(id).Values.Select(known => known.Status)) == "Up Down Down Down Degraded Up Up Up"));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Minutes_under_a_maintenance_are_left_out_and_an_incident_freezes_nothing(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (_, id) = await app.CheckedAsync(""","confirmation_threshold":2""");
        var start = Now - 1200;
        await app.WithDbAsync(async db =>
        {
            await using var scope = app.Host.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<Kener.Persistence.Commit.Changes<MonitorsDb>>().ProjectAsync(change =>
            {
                change.Db.Overlays.Add(new OverlayRow { Kind = OverlayKind.Maintenance, SourceId = id, MonitorId = id, Start = start + 120, End = start + 240, Impact = MonitorStatus.Maintenance });
                change.Db.Overlays.Add(new OverlayRow { Kind = OverlayKind.Incident, SourceId = 3_000_000 + id, MonitorId = id, Start = start, End = null, Impact = MonitorStatus.Degraded });
                return Task.CompletedTask;
            }, TestContext.Current.CancellationToken);
            return 0;
        });
        // Up, down (held), two minutes of maintenance that keep their own status, down: the second in a row.
        string[] seen = ["UP", "DOWN", "UP", "DOWN", "DOWN"];
        for (var i = 0; i < seen.Length; i++) await app.ReportAsync(Result(id, start + (i * 60), seen[i]));
        var rows = await app.WithDbAsync(db => db.Results.Where(row => row.MonitorId == id).OrderBy(row => row.Minute).Select(row => row.Status).ToListAsync());
        Assert.Equal("Up Down Up Down Down", string.Join(' ', rows));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_correction_stands_and_is_not_counted(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, id) = await app.CheckedAsync(""","confirmation_threshold":2""");
        await app.ReportAsync(Result(id, Now - 240), Result(id, Now - 180, "DOWN"));
        await app.PatchAsync($"/{tag}/data/{Now - 120}", """{"status":"UP"}""");
        await app.ReportAsync(Result(id, Now - 120, "DOWN"), Result(id, Now - 60, "DOWN"));
        var rows = await app.WithDbAsync(db => db.Results.Where(row => row.MonitorId == id).OrderBy(row => row.Minute).ToListAsync());
        Assert.Equal(["Up Realtime", "Down Realtime", "Up Manual", "Down Realtime"], rows.Select(row => $"{row.Status} {row.Type}"));
    }
}

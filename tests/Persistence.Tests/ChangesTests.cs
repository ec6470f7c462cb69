using Kener.Contracts;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Errors;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Persistence.Tests;

public sealed class ChangesTests
{
    public static TheoryData<DatabaseKind> Databases => TestModule.Databases;

    private const long Now = 1_800_000_000_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task State_event_and_audit_are_committed_together(DatabaseKind database)
    {
        await using var module = await TestModule.StartAsync(database);
        var id = await module.MakeAsync("one");

        var audit = Assert.Single(await module.ReadAsync(db => db.Audit.ToListAsync(Cancel)));
        Assert.Equal(("key:7", "thing.made", "thing", id), (audit.Actor, audit.Action, audit.SubjectType, audit.SubjectId));
        Assert.Equal("one", (await module.ReadAsync(db => db.Things.SingleAsync(Cancel))).Name);
        await Eventually.TrueAsync(() => Task.FromResult(module.Inbox.Of<IncidentChanged>().Any(message => message.Id == id && message.Version > 1)));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Work_that_throws_changes_nothing(DatabaseKind database)
    {
        await using var module = await TestModule.StartAsync(database);
        await Assert.ThrowsAsync<Refusal>(() => module.CommitAsync<bool>(async change =>
        {
            change.Db.Add(new Thing { Name = "never" });
            await change.FlushAsync(Cancel);
            change.Publish("thing/1", () => new IncidentChanged { Id = 1, Version = 1 });
            change.Audit("thing.made", "thing", () => 1);
            throw Refusal.BadRequest("No");
        }, Cancel));

        await AssertEmptyAsync(module);
        Assert.Equal(0, module.Signal.Expected);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task An_event_that_cannot_be_created_rolls_the_change_back(DatabaseKind database)
    {
        await using var module = await TestModule.StartAsync(database);
        await Assert.ThrowsAsync<InvalidOperationException>(() => module.CommitAsync(change =>
        {
            change.Db.Add(new Thing { Name = "never" });
            change.Publish("thing/1", () => "not an event");
            change.Audit("thing.made", "thing", () => 1);
            return Task.FromResult(true);
        }, Cancel));
        await AssertEmptyAsync(module);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_change_without_an_audit_entry_is_rejected(DatabaseKind database)
    {
        await using var module = await TestModule.StartAsync(database);
        await Assert.ThrowsAsync<InvalidOperationException>(() => module.CommitAsync(change =>
        {
            change.Db.Add(new Thing { Name = "never" });
            return Task.FromResult(true);
        }, Cancel));
        await AssertEmptyAsync(module);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_change_without_writes_leaves_no_trace(DatabaseKind database)
    {
        await using var module = await TestModule.StartAsync(database);
        Assert.Equal(42, await module.CommitAsync(_ => Task.FromResult(42), Cancel));
        await AssertEmptyAsync(module);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Concurrent_changes_of_one_row_are_serialized_and_none_is_lost(DatabaseKind database)
    {
        const int Writers = 8, Each = 10;
        await using var module = await TestModule.StartAsync(database);
        var id = await module.MakeAsync("contested");
        var versions = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            var mine = new List<long>();
            for (var i = 0; i < Each; i++) mine.Add(await module.CountAsync(id));
            return mine;
        }, Cancel)));

        var thing = await module.ReadAsync(db => db.Things.SingleAsync(Cancel));
        Assert.Equal((versions.Max(mine => mine[^1]), Writers * Each), (thing.Version, thing.Count));
        Assert.Equal(Writers * Each, versions.SelectMany(mine => mine).Distinct().Count());
        await module.OutboxEmptyAsync();
        Assert.Equal(1 + Writers * Each, module.Inbox.Of<IncidentChanged>().Select(message => message.Version).Distinct().Count());
        await Eventually.TrueAsync(() => Task.FromResult(module.Signal.Expected == 0));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_version_follows_the_clock_and_still_grows_when_the_clock_is_set_back(DatabaseKind database)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(Now)) { AutoAdvanceAmount = TimeSpan.Zero };
        await using var module = await TestModule.StartAsync(database, clock);
        var id = await module.MakeAsync("one");
        Assert.Equal(Now, (await module.ReadAsync(db => db.Things.SingleAsync(Cancel))).Version);
        clock.AdjustTime(DateTimeOffset.FromUnixTimeMilliseconds(Now - 5_000));
        Assert.Equal(Now + 1, await module.CountAsync(id));
        // As after a restore from an older backup.
        await module.ReadAsync(db => db.Things.ExecuteUpdateAsync(set => set.SetProperty(thing => thing.Version, 3), Cancel));
        clock.AdjustTime(DateTimeOffset.FromUnixTimeMilliseconds(Now + 5_000));
        Assert.Equal(Now + 5_000, await module.CountAsync(id));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_lock_returns_the_present_row_and_raises_its_version_once(DatabaseKind database)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(Now));
        await using var module = await TestModule.StartAsync(database, clock);
        var id = await module.MakeAsync("stale");
        await module.WithAsync(async (_, changes) => await changes.CommitAsync("key:7", async change =>
        {
            var before = await change.Db.Things.SingleAsync(thing => thing.Id == id, Cancel);
            Assert.Equal(0, before.Count);
            // PostgreSQL allows another writer meanwhile; SQLite has only one.
            if (database == DatabaseKind.PostgreSQL) await module.CountAsync(id);
            var locked = await change.LockAsync<Thing>(id, Cancel);
            Assert.Same(before, locked);
            Assert.Equal(database == DatabaseKind.PostgreSQL ? 1 : 0, locked!.Count);
            locked.Count++;
            await change.LockAsync<Thing>(id, Cancel);
            change.Audit("thing.counted", "thing", () => id);
            return true;
        }, Cancel));

        var thing = await module.ReadAsync(db => db.Things.SingleAsync(Cancel));
        Assert.Equal(database == DatabaseKind.PostgreSQL ? (Now + 2, 2) : (Now + 1, 1), (thing.Version, thing.Count));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_lock_on_a_row_that_does_not_exist_returns_null(DatabaseKind database)
    {
        await using var module = await TestModule.StartAsync(database);
        Assert.True(await module.CommitAsync(async change => await change.LockAsync<Thing>(12345, Cancel) is null, Cancel));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Of_concurrent_inserts_with_one_unique_name_all_but_one_fail_as_duplicates(DatabaseKind database)
    {
        await using var module = await TestModule.StartAsync(database);
        var attempts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            try
            {
                await module.MakeAsync("wanted");
                return "made";
            }
            catch (DbUpdateException fault) when (fault.IsDuplicate())
            {
                return "duplicate";
            }
        }, Cancel)));
        Assert.Equal(["duplicate", "duplicate", "duplicate", "made"], attempts.Order());
        Assert.Single(await module.ReadAsync(db => db.Things.ToListAsync(Cancel)));
        Assert.Single(await module.ReadAsync(db => db.Audit.ToListAsync(Cancel)));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_commit_returns_after_its_events_were_delivered(DatabaseKind database)
    {
        // The clock stands still: however slow the machine is, the 250 ms that a commit waits at most do not pass.
        await using var module = await TestModule.StartAsync(database, Clocks.AtHand());
        await Eventually.TrueAsync(() => Task.FromResult(module.Signal.IsDelivering));
        for (var i = 0; i < 20; i++)
        {
            var id = await module.MakeAsync($"number {i}");
            Assert.Contains(module.Inbox.Of<IncidentChanged>(), message => message.Id == id);
        }
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_commit_waits_at_most_250_ms_for_delivery(DatabaseKind database)
    {
        var (clock, release) = (Clocks.AtHand(), new TaskCompletionSource());
        await using var module = await TestModule.StartAsync(database, clock, new Inbox { Handle = (_, cancel) => release.Task.WaitAsync(cancel) });
        await Eventually.TrueAsync(() => Task.FromResult(module.Signal.IsDelivering));
        var making = module.MakeAsync("slow");
        await Eventually.TrueAsync(() => Task.FromResult(module.Signal.Expected == 1));
        clock.Advance(TimeSpan.FromMilliseconds(249));
        Assert.False(making.IsCompleted);
        await clock.TurnUntilAsync(() => making.IsCompleted);
        await making;
        Assert.Empty(module.Inbox.Of<IncidentChanged>());
        Assert.Equal(0, module.Signal.Expected);
        release.SetResult();
        await module.OutboxEmptyAsync();
        Assert.Single(module.Inbox.Of<IncidentChanged>());
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_projection_does_not_wait_for_delivery_and_needs_no_audit_entry(DatabaseKind database)
    {
        var release = new TaskCompletionSource();
        await using var module = await TestModule.StartAsync(database, inbox: new Inbox { Handle = (_, cancel) => release.Task.WaitAsync(cancel) });
        await module.WithAsync(async (_, changes) =>
        {
            await changes.ProjectAsync(change =>
            {
                change.Db.Add(new Thing { Name = "projected" });
                change.Publish("replay", () => new ReplayRequested { By = "test" });
                return Task.CompletedTask;
            }, Cancel);
            return true;
        });
        Assert.Empty(module.Inbox.Of<ReplayRequested>());
        release.SetResult();
        await Eventually.TrueAsync(() => Task.FromResult(module.Inbox.Of<ReplayRequested>().Count == 1));
        Assert.Equal(0, await module.ReadAsync(db => db.Audit.CountAsync(Cancel)));
    }

    private static async Task AssertEmptyAsync(TestModule module)
    {
        Assert.Equal(0, await module.ReadAsync(db => db.Things.CountAsync(Cancel)));
        Assert.Equal(0, await module.ReadAsync(db => db.Audit.CountAsync(Cancel)));
        Assert.Equal(0, await module.ReadAsync(db => db.Outbox.CountAsync(Cancel)));
    }
}

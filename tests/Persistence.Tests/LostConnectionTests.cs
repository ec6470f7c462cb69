using Kener.Contracts;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Persistence.Tests;

public sealed class LostConnectionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public async Task A_connection_lost_during_the_commit_neither_loses_nor_repeats_the_change(bool afterwards, int runs)
    {
        var fault = new BrokenCommit(afterwards);
        await using var module = await TestModule.StartAsync(DatabaseKind.PostgreSQL, more: services => services.AddFault(fault));
        var ran = 0;
        var id = await module.CommitAsync(async change =>
        {
            ran++;
            var thing = new Thing { Name = "once", Version = 1 };
            change.Db.Add(thing);
            await change.FlushAsync(Cancel);
            change.Publish("thing", () => TestModule.EventOf(thing));
            change.Audit("thing.made", "thing", () => thing.Id);
            if (ran == 1) fault.Arm();
            return thing.Id;
        }, Cancel);

        Assert.Equal(runs, ran);
        Assert.Equal(id, (await module.ReadAsync(db => db.Things.SingleAsync(Cancel))).Id);
        Assert.Single(await module.ReadAsync(db => db.Audit.ToListAsync(Cancel)));
        await module.OutboxEmptyAsync();
        Assert.Equal([id], module.Inbox.Of<IncidentChanged>().Select(message => message.Id).Distinct());
        Assert.Equal(0, module.Signal.Expected);
    }

    [Fact]
    public async Task A_column_that_another_release_adds_fails_no_change()
    {
        var (connection, drop) = await PostgresDatabase.CreateAsync();
        await using var dropped = new Dropped(drop);
        await using var module = await TestModule.StartAsync(DatabaseKind.PostgreSQL,
            settings: new Dictionary<string, string?> { ["ConnectionStrings:testdb"] = connection + ";Max Auto Prepare=20" });
        var id = await module.MakeAsync("kept");
        // Often enough that the statements are prepared, as an operator may configure it: their plans depend on the table's columns.
        for (var i = 0; i < 20; i++) await module.CountAsync(id);
        await module.ReadAsync(db => db.Database.ExecuteSqlRawAsync("ALTER TABLE things ADD COLUMN of_the_next_release text", Cancel));
        for (var i = 0; i < 5; i++) await module.CountAsync(id);
        Assert.Equal(25, (await module.ReadAsync(db => db.Things.SingleAsync(Cancel))).Count);
        await module.OutboxEmptyAsync();
    }

    private sealed class Dropped(Func<ValueTask> drop) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => drop();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_projection_is_run_again_after_a_lost_connection(bool afterwards)
    {
        var fault = new BrokenCommit(afterwards);
        await using var module = await TestModule.StartAsync(DatabaseKind.PostgreSQL, more: services => services.AddFault(fault));
        var ran = 0;
        await module.WithAsync(async (_, changes) =>
        {
            await changes.ProjectAsync(async change =>
            {
                var thing = await change.Db.Things.FirstOrDefaultAsync(one => one.Name == "projected", Cancel);
                if (thing is null) change.Db.Add(thing = new Thing { Name = "projected" });
                thing.Count = 5;
                if (++ran == 1) fault.Arm();
            }, Cancel);
            return true;
        });
        Assert.Equal(2, ran);
        Assert.Equal(5, (await module.ReadAsync(db => db.Things.SingleAsync(Cancel))).Count);
    }

    [Fact]
    public async Task A_connection_that_the_server_closes_during_a_change_neither_fails_nor_repeats_it()
    {
        await using var module = await TestModule.StartAsync(DatabaseKind.PostgreSQL);
        var first = await module.MakeAsync("there before");
        var ran = 0;
        var id = await module.CommitAsync(async change =>
        {
            var thing = new Thing { Name = "once", Version = 1 };
            change.Db.Add(thing);
            await change.FlushAsync(Cancel);
            (await change.LockAsync<Thing>(first, Cancel))!.Count++;
            change.Publish("thing", () => TestModule.EventOf(thing));
            change.Audit("thing.made", "thing", () => thing.Id);
            if (++ran == 1) await EndAsync(module, await BackendAsync(change.Db));
            return thing.Id;
        }, Cancel);

        Assert.Equal(2, ran);
        Assert.Equal([1, 0], await module.ReadAsync(db => db.Things.OrderBy(thing => thing.Id).Select(thing => thing.Count).ToListAsync(Cancel)));
        Assert.Equal(2, await module.ReadAsync(db => db.Audit.CountAsync(Cancel)));
        await module.OutboxEmptyAsync();
        Assert.Equal([first, id], module.Inbox.Of<IncidentChanged>().Select(message => message.Id).Distinct());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_change_is_run_again_after_an_unnoticed_break_and_never_continues_on_another_connection(bool inTheEnd)
    {
        await using var module = await TestModule.StartAsync(DatabaseKind.PostgreSQL);
        var ran = 0;
        await module.CommitAsync(async change =>
        {
            var isFirst = ++ran == 1;
            change.Db.Add(new Thing { Name = "once", Version = 1 });
            change.Audit("thing.made", "thing", () => 1);
            if (isFirst && !inTheEnd) await BreakAsync(change);
            await change.FlushAsync(Cancel);
            // Then only the audit row is left to write.
            if (isFirst) await BreakAsync(change);
            return 0;
        }, Cancel);
        Assert.Equal(2, ran);
        Assert.Single(await module.ReadAsync(db => db.Things.ToListAsync(Cancel)));
        Assert.Single(await module.ReadAsync(db => db.Audit.ToListAsync(Cancel)));

        // As when the connection breaks while a reader is closed, which reports no error.
        async Task BreakAsync(Change<TestDb> change)
        {
            await EndAsync(module, await BackendAsync(change.Db));
            await Assert.ThrowsAnyAsync<Exception>(() => BackendAsync(change.Db));
        }
    }

    [Fact]
    public async Task A_projection_that_wrote_nothing_after_the_break_is_run_again_too()
    {
        await using var module = await TestModule.StartAsync(DatabaseKind.PostgreSQL);
        var ran = 0;
        await module.WithAsync(async (_, changes) =>
        {
            await changes.ProjectAsync(async change =>
            {
                if (++ran > 1) return;
                await EndAsync(module, await BackendAsync(change.Db));
                await Assert.ThrowsAnyAsync<Exception>(() => BackendAsync(change.Db));
            }, Cancel);
            return true;
        });
        Assert.Equal(2, ran);
    }

    private static async Task<int> BackendAsync(TestDb db) => await db.Database.SqlQuery<int>($"SELECT pg_backend_pid() AS \"Value\"").SingleAsync(Cancel);

    private static Task<bool> EndAsync(TestModule module, int backend) => module.ReadAsync(db =>
        db.Database.SqlQuery<bool>($"SELECT pg_terminate_backend({backend}) AS \"Value\"").SingleAsync(Cancel));
}

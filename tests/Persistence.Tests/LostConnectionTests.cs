using Kener.Contracts;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Persistence.Tests;

public sealed class LostConnectionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public async Task A_connection_lost_in_the_commit_neither_loses_nor_doubles_the_change(bool afterwards, int runs)
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
            change.Note("thing.made", "thing", () => thing.Id);
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_projection_may_simply_run_again(bool afterwards)
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
    public async Task A_connection_that_the_server_ends_in_the_middle_costs_the_caller_nothing_and_doubles_nothing()
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
            change.Note("thing.made", "thing", () => thing.Id);
            if (++ran == 1) await EndAsync(module, await BackendAsync(change.Db));
            return thing.Id;
        }, Cancel);

        Assert.Equal(2, ran);
        Assert.Equal([1, 0], await module.ReadAsync(db => db.Things.OrderBy(thing => thing.Id).Select(thing => thing.Count).ToListAsync(Cancel)));
        Assert.Equal(2, await module.ReadAsync(db => db.Audit.CountAsync(Cancel)));
        await module.OutboxEmptyAsync();
        Assert.Equal([first, id], module.Inbox.Of<IncidentChanged>().Select(message => message.Id).Distinct());
    }

    private static async Task<int> BackendAsync(TestDb db) => await db.Database.SqlQuery<int>($"SELECT pg_backend_pid() AS \"Value\"").SingleAsync(Cancel);

    private static Task<bool> EndAsync(TestModule module, int backend) => module.ReadAsync(db =>
        db.Database.SqlQuery<bool>($"SELECT pg_terminate_backend({backend}) AS \"Value\"").SingleAsync(Cancel));
}

using Kener.Contracts;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Kener.Persistence.Tests;

public sealed class DispatcherTests
{
    public static TheoryData<DatabaseKind> Databases => TestModule.Databases;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Events_arrive_in_the_order_of_the_outbox(DatabaseKind database)
    {
        await using var module = await TestModule.StartAsync(database);
        for (var i = 1; i <= 30; i++) await module.SendAsync(Event(i));
        await module.OutboxEmptyAsync();
        Assert.Equal(Enumerable.Range(1, 30).Select(id => (long)id), module.Inbox.Of<IncidentChanged>().Select(message => message.Id));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task More_than_one_batch_is_delivered_without_waiting_for_the_next_poll(DatabaseKind database)
    {
        await using var module = await TestModule.StartAsync(database, Clocks.AtHand());
        await module.WithAsync(async (_, changes) =>
        {
            await changes.ProjectAsync(change =>
            {
                for (var i = 1; i <= 450; i++)
                {
                    var id = i;
                    change.Publish("test", () => Event(id));
                }
                return Task.CompletedTask;
            }, Cancel);
            return true;
        });
        await Eventually.TrueAsync(() => Task.FromResult(module.Inbox.Of<IncidentChanged>().Select(message => message.Id).Distinct().Count() == 450));
        await module.OutboxEmptyAsync();
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task An_event_that_fails_ten_times_becomes_a_dead_letter_and_others_are_still_delivered(DatabaseKind database)
    {
        var clock = Clocks.AtHand();
        var tries = 0;
        var inbox = new Inbox
        {
            Handle = (message, _) =>
            {
                if (message is not IncidentChanged { Id: 1 }) return Task.CompletedTask;
                tries++;
                // Text that no database stores must not prevent the dead letter.
                throw new InvalidOperationException("poison \0 \ud800");
            },
        };
        await using var module = await TestModule.StartAsync(database, clock, inbox);
        await module.SendAsync(Event(1));
        await module.SendAsync(Event(2));
        await Eventually.TrueAsync(() => Task.FromResult(inbox.Of<IncidentChanged>().Any(message => message.Id == 2)));
        await clock.TurnUntilAsync(() => module.ReadAsync(db => db.DeadLetters.AnyAsync(Cancel)));
        await module.SendAsync(Event(3));
        await module.OutboxEmptyAsync();

        var dead = await module.ReadAsync(db => db.DeadLetters.SingleAsync(Cancel));
        Assert.Equal(10, tries);
        Assert.Equal((nameof(IncidentChanged), "test"), (dead.Type, dead.Subject));
        Assert.StartsWith("poison", dead.Error, StringComparison.Ordinal);
        Assert.Equal([2, 3], inbox.Of<IncidentChanged>().Select(message => message.Id));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_failed_event_is_retried_with_growing_pauses(DatabaseKind database)
    {
        var clock = Clocks.AtHand();
        var (tries, failures) = (0, 6);
        var inbox = new Inbox { Handle = (_, _) => ++tries <= failures ? throw new InvalidOperationException("not yet") : Task.CompletedTask };
        await using var module = await TestModule.StartAsync(database, clock, inbox);
        await module.SendAsync(Event(1));
        for (var failed = 1; failed <= failures; failed++)
        {
            var due = 0L;
            await Eventually.TrueAsync(() => module.ReadAsync(async db =>
            {
                var row = await db.Outbox.AsNoTracking().SingleAsync(Cancel);
                due = row.DueMs;
                return row.Tries == failed;
            }));
            // The clock stands still until this attempt is recorded, so the pause is exact.
            var pause = due - clock.GetUtcNow().ToUnixTimeMilliseconds();
            Assert.Equal(100L << failed, pause);
            clock.Advance(TimeSpan.FromMilliseconds(pause));
            module.Signal.Wake();
        }
        await module.OutboxEmptyAsync();
        Assert.Equal(0, await module.ReadAsync(db => db.DeadLetters.CountAsync(Cancel)));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task An_event_that_cannot_be_read_becomes_a_dead_letter(DatabaseKind database)
    {
        var clock = Clocks.AtHand();
        await using var module = await TestModule.StartAsync(database, clock);
        await module.WithAsync(async (_, changes) =>
        {
            await changes.ProjectAsync(change =>
            {
                change.Db.Outbox.Add(new OutboxRow { Type = "OfAnotherAge", Payload = "{}", Subject = "a", MessageId = Guid.CreateVersion7() });
                change.Db.Outbox.Add(new OutboxRow { Type = nameof(IncidentChanged), Payload = "{\"id\":", Subject = "b", MessageId = Guid.CreateVersion7() });
                change.Db.Outbox.Add(new OutboxRow { Type = nameof(IncidentChanged), Payload = "null", Subject = "c", MessageId = Guid.CreateVersion7() });
                change.Publish("test", () => Event(4));
                return Task.CompletedTask;
            }, Cancel);
            return true;
        });
        await Eventually.TrueAsync(() => Task.FromResult(module.Inbox.Of<IncidentChanged>().Any(message => message.Id == 4)));
        await clock.TurnUntilAsync(async () => await module.ReadAsync(db => db.DeadLetters.CountAsync(Cancel)) == 3);
        Assert.Equal(["a", "b", "c"], await module.ReadAsync(db => db.DeadLetters.Select(dead => dead.Subject).Order().ToListAsync(Cancel)));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task An_outage_of_a_consumers_database_is_waited_for_and_not_counted_as_a_failure(DatabaseKind database)
    {
        var (clock, tries, isAway) = (Clocks.AtHand(), 0, true);
        var inbox = new Inbox
        {
            Handle = (message, _) =>
            {
                if (message is not IncidentChanged { Id: 1 }) return Task.CompletedTask;
                tries++;
                return Volatile.Read(ref isAway) ? throw new DbUpdateException("", new SqliteException("read-only", 8)) : Task.CompletedTask;
            },
        };
        await using var module = await TestModule.StartAsync(database, clock, inbox);
        await module.SendAsync(Event(1));
        await module.SendAsync(Event(2));
        await clock.TurnUntilAsync(() => tries > 15 && inbox.Of<IncidentChanged>().Any(message => message.Id == 2));
        Assert.Equal(0, await module.ReadAsync(db => db.Outbox.AsNoTracking().Select(row => row.Tries).SingleAsync(Cancel)));
        Volatile.Write(ref isAway, false);
        await clock.TurnUntilAsync(async () => !await module.ReadAsync(db => db.Outbox.AnyAsync(Cancel)));
        Assert.Equal([2, 1], inbox.Of<IncidentChanged>().Select(message => message.Id));
        Assert.Equal(0, await module.ReadAsync(db => db.DeadLetters.CountAsync(Cancel)));
        Assert.DoesNotContain(module.Host.Log.Entries, entry => entry.Fault is not null);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task An_event_of_10_MB_arrives_and_one_too_large_for_a_broker_becomes_a_dead_letter_and_is_logged_once(DatabaseKind database)
    {
        var clock = Clocks.AtHand();
        await using var module = await TestModule.StartAsync(database, clock);
        await module.SendAsync(new IncidentChanged { Id = 1, Version = 1, Title = new string('x', 10_000_000) });
        await module.SendAsync(new IncidentChanged { Id = 2, Version = 1, Title = new string('x', 16_000_000) });
        await module.SendAsync(Event(3));
        await clock.TurnUntilAsync(() => module.ReadAsync(db => db.DeadLetters.AnyAsync(Cancel)));
        await module.OutboxEmptyAsync();
        Assert.Equal([1, 3], module.Inbox.Of<IncidentChanged>().Select(message => message.Id).Order());
        Assert.Contains("after 10 failed attempts", Assert.Single(module.Host.Log.Entries).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task An_event_that_was_delivered_but_not_deleted_is_delivered_again(DatabaseKind database)
    {
        await using var module = await TestModule.StartAsync(database, more: services => services.AddFault(new BrokenDeletion()));
        await module.SendAsync(Event(1));
        await Eventually.TrueAsync(() => Task.FromResult(module.Inbox.Of<IncidentChanged>().Count == 2));
        await module.OutboxEmptyAsync();
        Assert.Equal([1, 1], module.Inbox.Of<IncidentChanged>().Select(message => message.Id));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Undelivered_events_are_delivered_after_a_restart(DatabaseKind database)
    {
        var folder = Directory.CreateTempSubdirectory("kener-test-").FullName;
        var (connection, drop) = database == DatabaseKind.PostgreSQL ? await PostgresDatabase.CreateAsync() : ("", () => ValueTask.CompletedTask);
        var settings = new Dictionary<string, string?> { ["ConnectionStrings:testdb"] = connection };
        var failing = new Inbox { Handle = (_, _) => throw new InvalidOperationException("not now") };
        await using (var before = await TestModule.StartAsync(database, inbox: failing, dataPath: folder, settings: settings))
        {
            await before.MakeAsync("survivor");
        }
        await using (var after = await TestModule.StartAsync(database, dataPath: folder, settings: settings))
        {
            await Eventually.TrueAsync(() => Task.FromResult(after.Inbox.Of<IncidentChanged>().Any(message => message.Title == "survivor")));
        }
        await drop();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Events_that_another_process_committed_are_found_within_a_second(DatabaseKind database)
    {
        var clock = Clocks.AtHand();
        await using var module = await TestModule.StartAsync(database, clock);
        await Eventually.TrueAsync(() => Task.FromResult(module.Signal.IsDelivering));
        await module.ReadAsync(async db =>
        {
            db.Outbox.Add(new OutboxRow
            {
                Type = nameof(ReplayRequested),
                Payload = "{\"by\":\"another process\"}",
                Subject = "replay",
                MessageId = Guid.CreateVersion7(),
            });
            return await db.SaveChangesAsync(Cancel);
        });
        await clock.TurnUntilAsync(() => module.Inbox.Of<ReplayRequested>().Count == 1);
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_module_can_commit_while_it_starts(DatabaseKind database)
    {
        await using var module = await TestModule.StartAsync(database, Clocks.AtHand(), more: services => services.AddHostedService<AtStart>());
        await Eventually.TrueAsync(() => Task.FromResult(module.Inbox.Of<IncidentChanged>().Count == 1));
    }

    [Fact]
    public async Task Replicas_share_the_outbox_and_deliver_each_event_once()
    {
        var (connection, drop) = await PostgresDatabase.CreateAsync();
        var settings = new Dictionary<string, string?> { ["ConnectionStrings:testdb"] = connection };
        var inbox = new Inbox();
        await using (var one = await TestModule.StartAsync(DatabaseKind.PostgreSQL, inbox: inbox, settings: settings))
        await using (var two = await TestModule.StartAsync(DatabaseKind.PostgreSQL, inbox: inbox, settings: settings))
        {
            await Task.WhenAll(Enumerable.Range(1, 100).Select(i => (i % 2 == 0 ? one : two).SendAsync(Event(i))));
            await one.OutboxEmptyAsync();
            Assert.Equal(Enumerable.Range(1, 100).Select(id => (long)id), inbox.Of<IncidentChanged>().Select(message => message.Id).Order());
        }
        await drop();
    }

    private static IncidentChanged Event(long id) => new() { Id = id, Version = 1 };

    private sealed class AtStart(IServiceScopeFactory scopes) : IHostedService
    {
        public async Task StartAsync(CancellationToken cancellationToken)
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<Changes<TestDb>>().CommitAsync("system", change =>
            {
                change.Publish("test", () => Event(1));
                change.Audit("started", "test", () => 1);
                return Task.CompletedTask;
            }, cancellationToken);
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

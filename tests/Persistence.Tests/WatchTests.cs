using System.Net;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Persistence.Tests;

/// <summary>Tests what <c>/health</c> reports about a module's delivery of events (Behavior: RUN-7).</summary>
public sealed class WatchTests
{
    public static TheoryData<DatabaseKind> Databases => TestModule.Databases;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task An_event_that_waits_for_more_than_five_minutes_is_reported_until_it_is_delivered(DatabaseKind database)
    {
        var clock = Clocks.AtHand();
        await using var module = await TestModule.StartAsync(database, clock);
        await clock.TurnUntilAsync(async () => await AskAsync(module, "/health") == (HttpStatusCode.OK, "Healthy"));
        await WriteAsync(module, db => db.Outbox.Add(new OutboxRow
        {
            Type = "unknown",
            Payload = "{}",
            Subject = "test",
            CreatedMs = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            // The dispatcher does not deliver it yet.
            DueMs = long.MaxValue,
        }));
        clock.Advance(TimeSpan.FromSeconds(299));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await AskAsync(module, "/health"));
        clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal((HttpStatusCode.OK, "Degraded\noutbox-test: The oldest event has waited 6 minutes for its delivery"), await AskAsync(module, "/health"));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await AskAsync(module, "/ready"));
        await module.ReadAsync(db => db.Outbox.ExecuteDeleteAsync(Cancel));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await AskAsync(module, "/health"));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task Dead_letters_are_reported_until_they_are_deleted(DatabaseKind database)
    {
        var clock = Clocks.AtHand();
        await using var module = await TestModule.StartAsync(database, clock);
        await clock.TurnUntilAsync(async () => await AskAsync(module, "/health") == (HttpStatusCode.OK, "Healthy"));
        await WriteAsync(module, db => db.DeadLetters.AddRange(
            DeadLetter.Of(Guid.NewGuid(), "unknown", "secret", "queue", "secret", 0), DeadLetter.Of(Guid.NewGuid(), "unknown", "secret", "queue", "secret", 0)));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((HttpStatusCode.OK, "Degraded\ndead-letters-test: Events that could not be delivered or processed: 2"), await AskAsync(module, "/health"));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await AskAsync(module, "/ready"));
        await module.ReadAsync(db => db.DeadLetters.ExecuteDeleteAsync(Cancel));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await AskAsync(module, "/health"));
    }

    private static Task<bool> WriteAsync(TestModule module, Action<TestDb> write) => module.WithAsync(async (_, changes) =>
    {
        await changes.ProjectAsync(change =>
        {
            write(change.Db);
            return Task.CompletedTask;
        }, Cancel);
        return true;
    });

    private static async Task<(HttpStatusCode, string)> AskAsync(TestModule module, string path)
    {
        using var answer = await module.Host.Anonymous.GetAsync(path, Cancel);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }
}

using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Persistence.Tests;

/// <summary>The newest received version of each entity of another service is kept (Behavior: ARC-2).</summary>
public sealed class TakeNewerTests
{
    public static TheoryData<DatabaseKind> Databases => TestModule.Databases;

    private static Thing Version(long version, long id = 5) => new() { Id = id, Version = version, Name = $"thing {id}", Count = (int)version };

    private static Task<bool> TakeAsync(TestModule module, Thing thing) => module.WithAsync((_, changes) => changes.TakeNewerAsync(thing, default));

    private static Task<Thing> StoredAsync(TestModule module, long id = 5) => module.ReadAsync(db => db.Things.AsNoTracking().SingleAsync(thing => thing.Id == id));

    [Theory, MemberData(nameof(Databases))]
    public async Task A_newer_version_replaces_all_fields_and_any_other_changes_nothing(DatabaseKind database)
    {
        await using var module = await TestModule.StartAsync(database);
        foreach (var (version, isTaken, stored) in new[] { (10L, true, 10L), (10, false, 10), (9, false, 10), (11, true, 11), (1, false, 11), (long.MaxValue, true, long.MaxValue) })
        {
            Assert.Equal(isTaken, await TakeAsync(module, Version(version)));
            var thing = await StoredAsync(module);
            Assert.Equal((stored, (int)stored), (thing.Version, thing.Count));
        }
        Assert.True(await TakeAsync(module, Version(1, id: 6)));
        Assert.Equal(2, await module.ReadAsync(db => db.Things.CountAsync()));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task A_row_that_was_stored_in_a_failed_transaction_is_rolled_back(DatabaseKind database)
    {
        await using var module = await TestModule.StartAsync(database);
        await Assert.ThrowsAsync<InvalidOperationException>(() => module.WithAsync(async (_, changes) =>
        {
            await changes.ProjectAsync(async change =>
            {
                Assert.True(await change.Db.TakeNewerAsync(Version(3), default));
                throw new InvalidOperationException("after it");
            }, default);
            return true;
        }));
        Assert.False(await module.ReadAsync(db => db.Things.AnyAsync()));
        Assert.True(await TakeAsync(module, Version(3)));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task The_newest_of_many_concurrent_versions_stays_and_is_stored_once(DatabaseKind database)
    {
        await using var module = await TestModule.StartAsync(database);
        long[] versions = [.. Enumerable.Range(1, 20).SelectMany(version => new long[] { version, version })];
        Random.Shared.Shuffle(versions);
        var taken = await Task.WhenAll(versions.Select(async version => (version, IsTaken: await Task.Run(() => TakeAsync(module, Version(version))))));
        Assert.Equal(20, (await StoredAsync(module)).Version);
        Assert.Single(taken, one => one is { version: 20, IsTaken: true });
        Assert.All(taken.GroupBy(one => one.version), same => Assert.InRange(same.Count(one => one.IsTaken), 0, 1));
    }
}

using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace Kener.Persistence.Tests;

/// <summary>A module requests a replay of each event type that it begins to consume, on SQLite as on PostgreSQL.</summary>
public sealed class ConsumedEventTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kener-consumed-").FullName;
    private string _connection = "";
    private Func<ValueTask> _drop = () => ValueTask.CompletedTask;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => (_connection, _drop) = await PostgresDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await _drop();
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.PostgreSQL)]
    public async Task Each_event_type_is_requested_once_and_again_after_the_module_had_stopped_consuming_it(DatabaseKind database)
    {
        await using (var module = await StartAsync(database))
        {
            var all = await RequestedAsync(module);
            Assert.Contains(nameof(IncidentChanged), all);
            Assert.Contains(nameof(MonitorChanged), all);
            Assert.Equal(all.Order(), await module.ReadAsync(db => db.ConsumedEvents.Select(row => row.Type).Order().ToListAsync(Cancel)));
        }
        await using (var module = await StartAsync(database))
        {
            await module.SendAsync(new IncidentChanged { Id = 1, Version = 1 });
            await module.OutboxEmptyAsync();
            Assert.Empty(module.Inbox.Of<ReplayRequested>());
            // As left by a build that does not consume one of the types, and consumes one that no longer exists.
            await module.ReadAsync(db => db.Database.ExecuteSqlAsync($"UPDATE consumed_events SET type = 'OfAnotherBuild' WHERE type = 'MonitorChanged'", Cancel));
        }
        await using (var module = await StartAsync(database))
        {
            Assert.Equal([nameof(MonitorChanged)], await RequestedAsync(module));
            Assert.DoesNotContain("OfAnotherBuild", await module.ReadAsync(db => db.ConsumedEvents.Select(row => row.Type).ToListAsync(Cancel)));
        }
    }

    private Task<TestModule> StartAsync(DatabaseKind database) => TestModule.StartAsync(
        database, dataPath: _folder, requestsReplay: true, settings: new Dictionary<string, string?> { ["ConnectionStrings:testdb"] = _connection });

    private static async Task<IReadOnlyList<string>> RequestedAsync(TestModule module) =>
        (await Eventually.GetAsync(() => Task.FromResult(module.Inbox.Of<ReplayRequested>()), requests => requests.Count > 0))[0].Needs!;
}

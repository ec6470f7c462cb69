using System.Text.Json;
using System.Text.Json.Nodes;
using Kener.Contracts;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Persistence.Tests;

/// <summary>Dead letters in the API.</summary>
public sealed class DeadLetterTests
{
    private const string Path = "/api/v5/dead-letters/persistence";

    public static TheoryData<DatabaseKind> Databases => TestModule.Databases;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_dead_letter_is_listed_and_replayed_once(DatabaseKind database)
    {
        await using var module = await TestModule.StartAsync(database);
        var id = await GiveUpAsync(module, nameof(IncidentChanged), JsonSerializer.Serialize(new IncidentChanged { Id = 5, Version = 9 }, EventJson.Options));
        using var client = module.Host.Client();
        var list = JsonNode.Parse(await client.GetStringAsync(Path, Cancel))!;
        Assert.Equal("persistence", list["service"]!.GetValue<string>());
        Assert.Equal(1, list["total"]!.GetValue<int>());
        var entry = list["dead_letters"]!.AsArray().Single()!;
        Assert.Equal($$"""{"id":{{id}},"service":"persistence","type":"IncidentChanged","subject":"incident/5","error":"why","dead_at":{{entry["dead_at"]}}}""", entry.ToJsonString());

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => client.PostAsync($"{Path}/{id}/replay", null, Cancel)));
        Assert.Equal([200, 404, 404, 404], answers.Select(answer => (int)answer.StatusCode).Order());
        await Eventually.TrueAsync(() => Task.FromResult(module.Inbox.Of<IncidentChanged>().Any(message => message is { Id: 5, Version: 9 })));
        await module.OutboxEmptyAsync();
        Assert.Single(module.Inbox.Of<IncidentChanged>());
        Assert.Equal(0, JsonNode.Parse(await client.GetStringAsync(Path, Cancel))!["total"]!.GetValue<int>());
        var note = await module.ReadAsync(db => db.Audit.SingleAsync(Cancel));
        Assert.Equal(("key:1", "dead_letter.replayed", id), (note.Actor, note.Action, note.SubjectId));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_dead_letter_is_deleted_and_one_that_cannot_be_read_cannot_be_replayed(DatabaseKind database)
    {
        await using var module = await TestModule.StartAsync(database);
        var id = await GiveUpAsync(module, "unknown", "nonsense");
        using var client = module.Host.Client();
        using var refused = await client.PostAsync($"{Path}/{id}/replay", null, Cancel);
        Assert.Equal(409, (int)refused.StatusCode);
        Assert.Contains("CONFLICT", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(1, await module.ReadAsync(db => db.DeadLetters.CountAsync(Cancel)));
        foreach (var expected in new[] { 200, 404 })
        {
            using var deleted = await client.DeleteAsync($"{Path}/{id}", Cancel);
            Assert.Equal(expected, (int)deleted.StatusCode);
        }
        Assert.Equal(0, await module.ReadAsync(db => db.DeadLetters.CountAsync(Cancel)));
    }

    [Theory]
    [InlineData("POST", "/0/replay")]
    [InlineData("POST", "/x/replay")]
    [InlineData("POST", "/99999999999999999999/replay")]
    [InlineData("DELETE", "/-1")]
    [InlineData("DELETE", "/x")]
    public async Task An_unknown_dead_letter_is_404(string method, string rest)
    {
        await using var module = await TestModule.StartAsync(DatabaseKind.Sqlite);
        using var client = module.Host.Client();
        using var request = new HttpRequestMessage(new HttpMethod(method), Path + rest);
        using var answer = await client.SendAsync(request, Cancel);
        Assert.Equal(404, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("POST", "/1/replay")]
    [InlineData("DELETE", "/1")]
    public async Task Without_the_permission_for_settings_dead_letters_are_403(string method, string rest)
    {
        await using var module = await TestModule.StartAsync(DatabaseKind.Sqlite);
        using var client = module.Host.Client([.. Permissions.All.Except([method == "GET" ? Permissions.SettingsRead : Permissions.SettingsWrite])]);
        using var request = new HttpRequestMessage(new HttpMethod(method), Path + rest);
        using var answer = await client.SendAsync(request, Cancel);
        Assert.Equal(403, (int)answer.StatusCode);
    }

    private static Task<long> GiveUpAsync(TestModule module, string type, string payload) => module.WithAsync(async (db, changes) =>
    {
        await changes.ProjectAsync(change =>
        {
            change.Db.DeadLetters.Add(DeadLetter.Of(Guid.CreateVersion7(), type, payload, "incident/5", "why", change.NowMs));
            return Task.CompletedTask;
        }, Cancel);
        return await db.DeadLetters.MaxAsync(dead => dead.Id, Cancel);
    });
}

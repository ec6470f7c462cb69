using Kener.Accounts.Database;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Identity;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Accounts.Tests;

public sealed class ApiKeyTests
{
    private const string Path = "/api/v5/api-keys";
    private static readonly string[] One = ["incidents.read"];

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_key_is_returned_once_and_stored_as_a_hash(DatabaseKind database)
    {
        await using var host = await AccountsHost.StartAsync(database);
        using var api = host.Client();
        var (id, key) = await api.CreateAsync("deploy", "incidents.write", "incidents.read", "incidents.read");

        Assert.Matches("^kener_[0-9a-f]{64}$", key);
        var (status, list) = await api.SendAsync(HttpMethod.Get, Path);
        Assert.Equal(200, status);
        Assert.DoesNotContain(key, list.ToJsonString());
        var shown = list["api_keys"]!.AsArray().Single(node => node!["id"]!.GetValue<long>() == id)!;
        Assert.Equal(new string('*', 66) + key[^4..], shown["masked_key"]!.GetValue<string>());
        Assert.Equal("deploy", shown["name"]!.GetValue<string>());
        Assert.Equal("ACTIVE", shown["status"]!.GetValue<string>());
        Assert.Null(shown["expires_at"]);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", shown["created_at"]!.GetValue<string>());
        Assert.Equal(["incidents.read", "incidents.write"], shown["permissions"]!.AsArray().Select(node => node!.GetValue<string>()));

        var published = host.Published().Keys.Single(entry => entry.Id == id);
        Assert.Equal(new PublishedKey(KeyHash.Of(key), id, "deploy", published.Permissions, null), published);
        Assert.Equal(["incidents.read", "incidents.write"], published.Permissions);
        Assert.DoesNotContain(key, await EverythingAsync(host));
        Assert.DoesNotContain(KeyHash.Of(key), await AuditAsync(host));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_disabled_or_deleted_key_leaves_the_published_set_before_the_response(DatabaseKind database)
    {
        await using var host = await AccountsHost.StartAsync(database);
        using var api = host.Client();
        var (first, _) = await api.CreateAsync("first", "incidents.read");
        var (second, _) = await api.CreateAsync("second", "incidents.read");
        var version = host.Published().Version;

        Assert.Equal(200, (await api.SendAsync(HttpMethod.Patch, $"{Path}/{first}", new { status = "INACTIVE" })).Status);
        Assert.DoesNotContain(host.Published().Keys, key => key.Id == first);
        Assert.True(host.Published().Version > version);
        var (_, gone) = await api.SendAsync(HttpMethod.Delete, $"{Path}/{second}");
        Assert.Equal($"API key with id '{second}' deleted successfully", gone["message"]!.GetValue<string>());
        Assert.DoesNotContain(host.Published().Keys, key => key.Id == second);

        Assert.Equal(200, (await api.SendAsync(HttpMethod.Patch, $"{Path}/{first}", new { status = "ACTIVE", name = "anew" })).Status);
        Assert.Equal("anew", host.Published().Keys.Single(key => key.Id == first).Name);
        Assert.Equal(404, (await api.SendAsync(HttpMethod.Delete, $"{Path}/{second}")).Status);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task After_a_restore_from_an_older_backup_the_published_keys_are_newer_than_before(DatabaseKind database)
    {
        var folder = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "kener-test-" + Guid.NewGuid().ToString("N"));
        var (connection, drop) = database == DatabaseKind.PostgreSQL ? await PostgresDatabase.CreateAsync() : ((string?)null, () => ValueTask.CompletedTask);
        long before;
        await using (var host = await AccountsHost.StartAsync(database, dataPath: folder, connection: connection))
        {
            using var admin = host.Client();
            await admin.CreateAsync("later", Permissions.IncidentsRead);
            before = host.Published().Version;
            await using var scope = host.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AccountsDb>();
            await db.ApiKeys.Where(key => key.Name == "later").ExecuteDeleteAsync(TestContext.Current.CancellationToken);
            await db.KeySets.ExecuteUpdateAsync(set => set.SetProperty(row => row.Version, 2), TestContext.Current.CancellationToken);
        }
        await using (var host = await AccountsHost.StartAsync(database, dataPath: folder, connection: connection))
        {
            Assert.InRange(host.Published().Version, before + 1, long.MaxValue);
            Assert.DoesNotContain(host.Published().Keys, key => key.Name == "later");
        }
        await drop();
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_caller_cannot_grant_a_permission_that_it_lacks(DatabaseKind database)
    {
        await using var host = await AccountsHost.StartAsync(database);
        using var admin = host.Client();
        using var small = host.Client(Permissions.ApiKeysWrite, Permissions.IncidentsRead);
        var (strong, _) = await admin.CreateAsync("strong", Permissions.IncidentsWrite);
        var before = host.Published().Version;

        foreach (var body in new object[] { new { name = "x", permissions = new[] { "incidents.read", "incidents.write" } }, new { name = "x", permissions = Permissions.All } })
        {
            var (status, answer) = await small.SendAsync(HttpMethod.Post, Path, body);
            Assert.Equal(403, status);
            Assert.Equal("FORBIDDEN", answer["error"]!["code"]!.GetValue<string>());
        }
        Assert.Equal(before, host.Published().Version);
        await small.CreateAsync("mine", Permissions.IncidentsRead);
        Assert.Equal(403, (await small.SendAsync(HttpMethod.Post, Path, new { name = "x", permissions = new[] { Permissions.AgentsReport } })).Status);
        await admin.CreateAsync("agent", Permissions.AgentsReport);
        Assert.Equal([Permissions.AgentsReport], host.Published().Keys.Single(key => key.Name == "agent").Permissions);

        Assert.Equal(200, (await admin.SendAsync(HttpMethod.Patch, $"{Path}/{strong}", new { status = "INACTIVE" })).Status);
        Assert.Equal(403, (await small.SendAsync(HttpMethod.Patch, $"{Path}/{strong}", new { status = "ACTIVE" })).Status);
        Assert.DoesNotContain(host.Published().Keys, key => key.Id == strong);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_key_with_more_permissions_than_the_caller_cannot_be_changed_or_deleted_by_it(DatabaseKind database)
    {
        await using var host = await AccountsHost.StartAsync(database);
        using var admin = host.Client();
        using var small = host.Client(Permissions.ApiKeysWrite, Permissions.ApiKeysDelete, Permissions.IncidentsRead);
        var (strong, _) = await admin.CreateAsync("strong", Permissions.IncidentsRead, Permissions.IncidentsWrite);
        var (weak, _) = await admin.CreateAsync("weak", Permissions.IncidentsRead);
        var (version, audit) = (host.Published().Version, await AuditAsync(host));

        foreach (var body in new[] { """{"status":"INACTIVE"}""", """{"name":"x"}""", """{"expires_at":9999999999}""", """{"expires_at":null}""", "{}" })
            await RefusedAsync(small, HttpMethod.Patch, $"{Path}/{strong}", body, 403);
        await RefusedAsync(small, HttpMethod.Delete, $"{Path}/{strong}", null, 403);
        Assert.Equal((version, audit), (host.Published().Version, await AuditAsync(host)));
        Assert.Contains(host.Published().Keys, key => key.Id == strong);

        Assert.Equal(200, (await small.SendAsync(HttpMethod.Patch, $"{Path}/{weak}", new { status = "INACTIVE" })).Status);
        Assert.Equal(200, (await small.SendAsync(HttpMethod.Delete, $"{Path}/{weak}")).Status);
        Assert.Equal(200, (await admin.SendAsync(HttpMethod.Delete, $"{Path}/{strong}")).Status);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task When_two_keys_disable_each_other_at_once_one_stays_active(DatabaseKind database)
    {
        await using var host = await AccountsHost.StartAsync(database);
        using var api = host.Client();
        for (var round = 0; round < 5; round++)
        {
            var ids = new[] { (await api.CreateAsync($"a{round}", [.. Permissions.OfKeys])).Id, (await api.CreateAsync($"b{round}", [.. Permissions.OfKeys])).Id };
            using var first = host.ClientOf(ids[0]);
            using var second = host.ClientOf(ids[1]);
            var answers = await Task.WhenAll(
                first.SendAsync(HttpMethod.Patch, $"{Path}/{ids[1]}", new { status = "INACTIVE" }), second.SendAsync(HttpMethod.Delete, $"{Path}/{ids[0]}"));
            Assert.Equal([200, 401], answers.Select(answer => answer.Status).Order());
            Assert.Single(host.Published().Keys, key => ids.Contains(key.Id));
        }
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task An_expiry_must_be_in_the_future_and_can_be_cleared(DatabaseKind database)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        await using var host = await AccountsHost.StartAsync(database, clock);
        using var api = host.Client();
        Assert.Equal(400, (await api.SendAsync(HttpMethod.Post, Path, new { name = "old", permissions = One, expires_at = 1_800_000_000 })).Status);
        var (_, made) = await api.SendAsync(HttpMethod.Post, Path, new { name = "short", permissions = One, expires_at = 1_800_000_060 });
        var id = made["api_key"]!["id"]!.GetValue<long>();
        Assert.Equal(1_800_000_060, host.Published().Keys.Single(key => key.Id == id).ExpiresAt);
        Assert.Equal(200, (await api.SendAsync(HttpMethod.Patch, $"{Path}/{id}", """{"expires_at":null}""")).Status);
        Assert.Null(host.Published().Keys.Single(key => key.Id == id).ExpiresAt);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Of_many_concurrent_creations_with_one_name_one_succeeds(DatabaseKind database)
    {
        await using var host = await AccountsHost.StartAsync(database);
        using var api = host.Client();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ =>
            api.SendAsync(HttpMethod.Post, Path, new { name = "same", permissions = One })));
        Assert.Single(answers, answer => answer.Status == 201);
        Assert.All(answers.Where(answer => answer.Status != 201), answer =>
        {
            Assert.Equal(400, answer.Status);
            Assert.Equal("API key with name 'same' already exists", answer.Body["error"]!["message"]!.GetValue<string>());
        });
        Assert.Single(host.Published().Keys, key => key.Name == "same");
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Malformed_input_is_rejected_and_changes_nothing(DatabaseKind database)
    {
        await using var host = await AccountsHost.StartAsync(database);
        using var api = host.Client();
        var (id, _) = await api.CreateAsync("known", "incidents.read");
        var (version, audit) = (host.Published().Version, await AuditAsync(host));
        string[] bodies =
        [
            "", "{", "null", "[]", "5", """{"name":5}""", """{"name":null}""", """{"name":"  "}""", """{"name":"a\u0000"}""", """{"name":"\ud800"}""",
            """{"name":"x","permissions":5}""", """{"name":"x","permissions":[]}""", """{"name":"x","permissions":[null]}""", """{"name":"x","permissions":["no.such"]}""",
            """{"name":"x","permissions":["\ud800"]}""", """{"name":"x"}""", $$"""{"name":"{{new string('x', 256)}}","permissions":["incidents.read"]}""",
            """{"name":"x","permissions":["incidents.read"],"expires_at":"soon"}""", """{"name":"x","permissions":["incidents.read"],"expires_at":1e300}""",
            """{"name":"x","permissions":["incidents.read"],"expires_at":-1}""", """{"name":"known","permissions":["incidents.read"]}""",
            new string('[', 100_000),
        ];
        foreach (var body in bodies) await RefusedAsync(api, HttpMethod.Post, Path, body, 400);
        foreach (var body in new[] { "", "null", """{"status":"X"}""", """{"status":null}""", """{"name":""}""", """{"expires_at":1}""", """{"permissions":["incidents.read"]}""", """{"name":"bootstrap"}""" })
            await RefusedAsync(api, HttpMethod.Patch, $"{Path}/{id}", body, 400);
        foreach (var unknown in new[] { "0", "-1", "abc", "99999999999999999999", "1e3", "%F0%9F%A6%84" })
        {
            await RefusedAsync(api, HttpMethod.Patch, $"{Path}/{unknown}", "{}", 404);
            await RefusedAsync(api, HttpMethod.Delete, $"{Path}/{unknown}", null, 404);
        }
        Assert.Equal(version, host.Published().Version);
        Assert.Equal(audit, await AuditAsync(host));
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Each_verb_requires_its_permission(DatabaseKind database)
    {
        await using var host = await AccountsHost.StartAsync(database);
        foreach (var (method, path, permission) in new[]
        {
            (HttpMethod.Get, Path, Permissions.ApiKeysRead), (HttpMethod.Post, Path, Permissions.ApiKeysWrite),
            (HttpMethod.Patch, Path + "/999", Permissions.ApiKeysWrite), (HttpMethod.Delete, Path + "/999", Permissions.ApiKeysDelete),
        })
        {
            await RefusedAsync(host.Anonymous, method, path, "{}", 401);
            using var others = host.Client([.. Permissions.All.Where(other => other != permission)]);
            await RefusedAsync(others, method, path, "{}", 403);
            using var one = host.Client(permission);
            Assert.NotInRange((await one.SendAsync(method, path, "{}")).Status, 401, 403);
        }
    }

    private static async Task RefusedAsync(HttpClient client, HttpMethod method, string path, string? body, int expected)
    {
        var (status, answer) = await client.SendAsync(method, path, body);
        Assert.True(status == expected && answer["error"]?["message"] is not null, $"{method} {path} {body?[..Math.Min(80, body.Length)]} → {status} {answer.ToJsonString()}");
    }

    private static async Task<string> AuditAsync(TestKit.ModuleHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var rows = await scope.ServiceProvider.GetRequiredService<AccountsDb>().Audit.AsNoTracking().OrderBy(row => row.Id).ToListAsync();
        return string.Join('\n', rows.Select(row => $"{row.Actor} {row.Action} {row.SubjectId} {row.Detail}"));
    }

    private static async Task<string> EverythingAsync(TestKit.ModuleHost host)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccountsDb>();
        var keys = await db.ApiKeys.AsNoTracking().ToListAsync();
        return System.Text.Json.JsonSerializer.Serialize(keys) + await AuditAsync(host);
    }
}

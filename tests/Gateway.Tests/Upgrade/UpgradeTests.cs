using System.Text.Json.Nodes;
using Kener.ServiceDefaults;

namespace Kener.Gateway.Tests.Upgrade;

/// <summary>Upgrades the databases of earlier builds. <c>tests/dumps/README.md</c> describes how the dumps are made.</summary>
public sealed class UpgradeTests
{
    public static MatrixTheoryData<string, DatabaseKind> Dumps { get; } = new(Dump.Versions, [DatabaseKind.Sqlite, DatabaseKind.PostgreSQL]);

    [Theory, MemberData(nameof(Dumps))]
    public async Task Data_of_an_earlier_build_is_returned_as_before_and_can_be_changed(string version, DatabaseKind database)
    {
        var dump = new Dump(version, database);
        if (Dump.IsWriting && version == Dump.Current) await dump.WriteAsync();
        await using var databases = await dump.RestoreAsync();
        await using var kener = await databases.StartAsync(Dump.MadeAt.AddMinutes(5));
        using var api = kener.Client();
        foreach (var (path, then) in dump.Answers())
        {
            var now = await Inventory.SendAsync(api, "GET", path, "");
            Assert.True(Recorded.IsIn(then, now, isExtensible: path == "/api/v4/site"), $"{path} returned\n{then}\nand now returns\n{now}");
        }
        await Inventory.SeesAsync(kener, "/", "Example Status", "Website", "By hand", "Checkout fails", "Payments work again", "A planned change of the network");
        await Inventory.SeesAsync(kener, "/europe", "Our servers in Europe", "Website");

        var incident = dump.Answers()["/api/v4/incidents"]!["incidents"]![0]!["id"];
        await Inventory.SendAsync(api, "POST", $"/api/v4/incidents/{incident}/comments", """{"state":"MONITORING","comment":"Posted after the upgrade"}""");
        await Inventory.SendAsync(api, "PATCH", "/api/v4/monitors/web", """{"name":"Renamed after the upgrade"}""");
        await Inventory.SendAsync(api, "PATCH", "/api/v4/site/siteName", """{"value":"Status after the upgrade"}""");
        await Inventory.SeesAsync(kener, "/", "Posted after the upgrade", "Renamed after the upgrade", "Status after the upgrade");
    }

    [Fact]
    public void Every_version_has_a_dump_for_each_database()
    {
        Assert.NotEmpty(Dump.Versions);
        foreach (var version in Dump.Versions.Where(_ => !Dump.IsWriting))
            Assert.True(File.Exists(Dump.Folder(version, "sqlite", "answers.json")) && File.Exists(Dump.Folder(version, "postgresql", "answers.json")), version);
    }
}

/// <summary>Compares JSON of an earlier build with JSON of this one.</summary>
internal static class Recorded
{
    /// <summary>
    /// Returns whether the later JSON contains everything in the earlier one. Additional fields are allowed; additional items of a list only if
    /// <paramref name="isExtensible"/>.
    /// </summary>
    public static bool IsIn(JsonNode? then, JsonNode? now, bool isExtensible = false) => (then, now) switch
    {
        (JsonObject before, JsonObject after) => before.All(field => after.TryGetPropertyValue(field.Key, out var value) && IsIn(field.Value, value, isExtensible)),
        (JsonArray before, JsonArray after) when isExtensible => before.All(item => after.Any(other => IsIn(item, other, isExtensible))),
        (JsonArray before, JsonArray after) => before.Count == after.Count && before.Zip(after).All(pair => IsIn(pair.First, pair.Second)),
        _ => JsonNode.DeepEquals(then, now),
    };
}

using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Snapshots;

namespace Kener.Status.Tests;

/// <summary>The time zones that are accepted: a closed set of exact names.</summary>
public sealed class TimeZoneTests
{
    public static TheoryData<string> Invented { get; } =
    [
        "Europe//Berlin", "Europe///Berlin", "posix//America/Lima", "posix/America/Lima", "right/Europe/Berlin", "localtime", "posixrules", "Factory", "leapseconds",
        "/Europe/Berlin", "Europe/Berlin/", "Europe/./Berlin", "Europe/../Europe/Berlin", "europe/berlin", "EUROPE/BERLIN", "Europe", "America/Argentina", "zone.tab",
        "utc", "", "Mars/Olympus",
    ];

    [Theory, MemberData(nameof(Invented))]
    public async Task An_unknown_spelling_is_not_a_zone_for_pages_or_settings(string name)
    {
        Assert.Null(TimeZones.Find(name));
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        var home = await service.SettledAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.TryAddWithoutValidation("Cookie", $"kener_tz={name}");
        using var answer = await service.Host.Anonymous.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(home.Body, await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.False(answer.Headers.CacheControl!.Private);
        var (status, body) = await service.AskAsync("PATCH", "/api/v4/site/timeZone", new System.Text.Json.Nodes.JsonObject { ["value"] = name }.ToJsonString());
        Assert.Equal((400, "BAD_REQUEST"), (status, body["error"]!["code"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("UTC"), InlineData("Europe/Berlin"), InlineData("America/Argentina/Buenos_Aires"), InlineData("America/Port-au-Prince"), InlineData("Asia/Calcutta")]
    [InlineData("Etc/UTC"), InlineData("Etc/GMT+12"), InlineData("GB-Eire"), InlineData("Antarctica/DumontDUrville"), InlineData("America/North_Dakota/New_Salem")]
    public void IANA_names_and_links_are_zones(string name) => Assert.NotNull(TimeZones.Find(name));

    [Fact]
    public void Every_listed_name_is_a_zone() => Assert.All(TimeZones.Names, name => Assert.NotNull(TimeZones.Find(name)));
}

using System.Net;
using Kener.ServiceDefaults;

namespace Kener.Incidents.Tests;

/// <summary>An incident cannot end before its start, whichever request would cause it (Behavior: INC-4).</summary>
public sealed class EndTests(Hosts hosts) : IClassFixture<Hosts>
{
    private const long Start = 1_700_000_040;
    private const string Message = "end_date_time must not be before start_date_time";

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task An_end_before_the_start_is_400_for_every_request_and_changes_nothing(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        await RefuseAsync("POST", "", $$"""{"title":"t","start_date_time":{{Start}},"end_date_time":{{Start - 60}}}""");
        var id = await service.CreateAsync(new { title = "t", start_date_time = Start });
        // An update before the start may be RESOLVED only while one that was posted later decides the state.
        var early = await service.PostAsync(id, "IDENTIFIED", Start - 600);
        await RefuseAsync("POST", $"/{id}/comments", $$"""{"comment":"c","state":"RESOLVED","timestamp":{{Start - 1}}}""");
        await RefuseAsync("PATCH", $"/{id}/comments/{early}", """{"state":"RESOLVED"}""");
        var later = await service.PostAsync(id, "MONITORING", Start + 60);
        (await service.SendAsync("PATCH", $"/api/v4/incidents/{id}/comments/{early}", """{"state":"RESOLVED"}""")).Expect(HttpStatusCode.OK);
        await RefuseAsync("DELETE", $"/{id}/comments/{later}");
        (await service.SendAsync("PATCH", $"/api/v4/incidents/{id}/comments/{later}", """{"state":"RESOLVED"}""")).Expect(HttpStatusCode.OK);
        await RefuseAsync("PATCH", $"/{id}/comments/{later}", $$"""{"timestamp":{{Start - 60}}}""");
        await RefuseAsync("PATCH", $"/{id}", $$"""{"start_date_time":{{Start + 120}}}""");
        await RefuseAsync("PATCH", $"/{id}", $$"""{"end_date_time":{{Start - 60}}}""");
        Assert.Equal(("RESOLVED", Start + 60, 2), (
            (await service.IncidentAsync(id)).GetProperty("state").GetString(), (await service.IncidentAsync(id)).GetProperty("end_date_time").GetInt64(),
            (await service.UpdatesAsync(id)).Length));

        async Task RefuseAsync(string method, string path, string? body = null) =>
            (await service.SendAsync(method, "/api/v4/incidents" + path, body)).ExpectRefusal(HttpStatusCode.BadRequest, Message);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task An_incident_may_end_in_the_minute_of_its_start(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var id = await service.CreateAsync(new { title = "t", start_date_time = Start + 59 });
        await service.PostAsync(id, "RESOLVED", Start);
        Assert.Equal(Start, (await service.IncidentAsync(id)).GetProperty("end_date_time").GetInt64());
    }
}

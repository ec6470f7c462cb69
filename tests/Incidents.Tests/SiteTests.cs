using System.Net;
using Kener.Contracts;
using Kener.ServiceDefaults;

namespace Kener.Incidents.Tests;

/// <summary>The site, which Incidents knows only from events.</summary>
public sealed class SiteTests
{
    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Every_answer_uses_the_address_of_the_site(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        var id = await service.CreateAsync();
        Assert.Equal([$"https://status.example.com/incidents/{id}"], await AddressesAsync());
        await service.Host.PublishAsync(new SiteChanged { Version = 3, Url = "https://new.example" });
        await service.Host.PublishAsync(new SiteChanged { Version = 2, Url = "https://old.example" });
        Assert.Equal([$"https://new.example/incidents/{id}"], await AddressesAsync());
        var other = (await service.SendAsync("POST", "/api/v4/incidents", new { title = "t", start_date_time = 60 })).Expect(HttpStatusCode.Created).GetProperty("incident");
        Assert.Equal($"https://new.example/incidents/{other.GetProperty("id")}", other.GetProperty("url").GetString());

        async Task<IEnumerable<string?>> AddressesAsync() => new[]
        {
            await service.IncidentAsync(id),
            (await service.SendAsync("PATCH", $"/api/v4/incidents/{id}", new { title = "x" })).Expect(HttpStatusCode.OK).GetProperty("incident"),
            (await service.SendAsync("GET", "/api/v4/incidents")).Expect(HttpStatusCode.OK).GetProperty("incidents").EnumerateArray().Single(one => one.GetProperty("id").GetInt64() == id),
        }.Select(incident => incident.GetProperty("url").GetString()).Distinct();
    }
}

using System.Text.Json.Nodes;
using Kener.Contracts;
using Kener.ServiceDefaults.DeadLetters;
using Kener.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Gateway.Tests;

/// <summary>The dead letters of all services in one list, in both hostings.</summary>
public sealed class DeadLetterTests
{
    private const string All = "/api/v5/dead-letters";

    private static DeadLetterEntry Entry(string service, long id, long at) => new(id, service, "IncidentChanged", "incident/5", "why", at);

    [Fact]
    public async Task In_one_process_all_dead_letters_are_merged_newest_first_and_a_service_that_fails_is_named()
    {
        await using var host = await Embedded.StartAsync(add: builder => builder.Services
            .AddSingleton(new DeadLetterBox("incidents", (_, _) => Task.FromResult(new DeadLetterList("incidents", 300, [Entry("incidents", 2, 30), Entry("incidents", 1, 10)]))))
            .AddSingleton(new DeadLetterBox("monitors", (_, _) => Task.FromResult(new DeadLetterList("monitors", 1, [Entry("monitors", 7, 20)]))))
            .AddSingleton(new DeadLetterBox("status", (_, _) => throw new InvalidOperationException("its database is away")))
            .AddSingleton(new DeadLetterBox("accounts", async (_, cancel) =>
            {
                await Task.Delay(Timeout.Infinite, cancel);
                throw new InvalidOperationException();
            })));
        using var client = host.Client(Embedded.Full);
        var answer = JsonNode.Parse((await client.AskAsync("GET", All)).Text)!;
        Assert.Equal(["incidents/2", "monitors/7", "incidents/1"], answer["dead_letters"]!.AsArray().Select(entry => $"{entry!["service"]}/{entry["id"]}"));
        Assert.Equal(301, answer["total"]!.GetValue<int>());
        Assert.Equal(["status", "accounts"], answer["unreachable"]!.AsArray().Select(name => name!.GetValue<string>()));
        using var small = host.Client(Embedded.ReadOnly);
        Assert.Equal(403, (await small.AskAsync("GET", All)).Error().Status);
        using var nobody = host.Client();
        Assert.Equal(401, (await nobody.AskAsync("GET", All)).Error().Status);
    }

    [Fact]
    public async Task Between_processes_each_service_is_called_on_behalf_of_the_caller()
    {
        await using var service = await ReplicaTests.ReplicaAsync("one", app => app.MapGet(All + "/incidents", (HttpContext context) => Results.Text(
            $$"""{"service":"incidents","total":1,"dead_letters":[{"id":1,"service":"incidents","type":"t","subject":"{{context.User.Subject()}}","error":"e","dead_at":5}]}""",
            "application/json")).Requires(Permissions.SettingsRead));
        await using var gateway = await ReplicaTests.GatewayAsync(service.Urls.First());
        using var client = gateway.Client(Embedded.Full);
        var answer = JsonNode.Parse((await client.AskAsync("GET", All)).Text)!;
        Assert.Equal("key:1", answer["dead_letters"]!.AsArray().Single()!["subject"]!.GetValue<string>());
        Assert.Equal(["accounts", "monitors", "status"], answer["unreachable"]!.AsArray().Select(name => name!.GetValue<string>()).Order());
        Assert.Contains("\"total\":1", (await client.AskAsync("GET", All + "/incidents")).Text);
    }
}

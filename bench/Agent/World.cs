using System.Text.Json;
using Kener.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Bench.Agent;

/// <summary>
/// Everything but the agent, in a process of its own so that its work is not counted: a gateway that assigns monitors and accepts results, and the
/// server that is checked. Prints its address; ends when its standard input is closed.
/// </summary>
internal static class World
{
    public const string Name = "agent-world";

    public static async Task<int> RunAsync(string[] args)
    {
        var count = int.Parse(args[0], null);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        await using var app = builder.Build();
        var stored = 0L;
        app.MapGet("/checked/{id}", () => Results.Text("ok"));
        app.MapGet("/stored", () => Volatile.Read(ref stored));
        app.MapGet("/api/agent/v1/assignment", async (HttpContext context) =>
        {
            if (context.Request.Query.ContainsKey("version")) await Task.Delay(TimeSpan.FromSeconds(25), context.RequestAborted);
            if (context.Request.Query.ContainsKey("version")) context.Response.StatusCode = 204;
            else await context.Response.WriteAsJsonAsync(Assigned(app.Urls.First(), count), AgentJson.Default.Assignment);
        });
        app.MapPost("/api/agent/v1/results", async (HttpContext context) =>
        {
            var report = (await context.Request.ReadFromJsonAsync(AgentJson.Default.CheckReport))!;
            Interlocked.Add(ref stored, report.Results.Count(result => result.Status == "UP"));
            await context.Response.WriteAsJsonAsync(new CheckReceipt(report.Results.Count, 0), AgentJson.Default.CheckReceipt);
        });
        await app.StartAsync();
        Console.WriteLine(app.Urls.First());
        while (await Console.In.ReadLineAsync() is not null) { }
        return 0;
    }

    private static Assignment Assigned(string url, int count) => new("1", [.. Enumerable.Range(1, count).Select(id => new AssignedMonitor(
        id, $"service-{id}", 1, "API", "* * * * *", JsonSerializer.SerializeToElement(new { url = $"{url}/checked/{id}" })))]);
}

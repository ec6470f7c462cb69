using System.Collections.Frozen;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Kener.Standalone.Demo;

/// <summary>
/// The company's services: small HTTP endpoints on a loopback port, so that the demo's checks are real checks. They answer with varying latency;
/// one fails for two minutes in every twenty.
/// </summary>
internal sealed class DemoEndpoints(TimeProvider clock) : BackgroundService
{
    // Minimum latency of each endpoint, in milliseconds.
    private static readonly FrozenDictionary<string, int> Pace = new Dictionary<string, int>
    {
        ["web"] = 24,
        ["dashboard"] = 41,
        ["docs"] = 12,
        ["api-eu"] = 18,
        ["api-us"] = 33,
        ["sign-in"] = 27,
        ["search"] = 55,
    }.ToFrozenDictionary();

    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The address of the endpoints; completes once they listen.</summary>
    public Task<string> Address => _address.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync(stoppingToken);
        _address.TrySetResult(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        await Task.Delay(Timeout.Infinite, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await app.StopAsync(CancellationToken.None);
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var name = context.Request.Path.Value?.Trim('/') ?? "";
        if (!Pace.TryGetValue(name, out var pace))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var minute = clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        await Task.Delay(TimeSpan.FromMilliseconds(pace + Random.Shared.Next(pace)), clock, context.RequestAborted);
        if (name == "search" && minute % 20 < 2) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsync("{\"status\":\"ok\"}", context.RequestAborted);
    }
}

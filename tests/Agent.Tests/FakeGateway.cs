using System.Collections.Concurrent;
using System.Text.Json;
using Kener.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Agent.Tests;

/// <summary>The two routes of Kener that an agent calls, with failures on demand. Records each result that it accepts.</summary>
internal sealed class FakeGateway : IAsyncDisposable
{
    public const string Key = "an-agent-key-0123456789abcdef0123456789";
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<CheckResult> _taken = [];
    private readonly SemaphoreSlim _changed = new(0);
    private (string Version, string Json) _assignment = ("0", """{"version":"0","monitors":[]}""");

    private FakeGateway(WebApplication app) => _app = app;

    public string Url => _app.Urls.First();

    /// <summary>The status of every answer, while it is set.</summary>
    public int? Failing { get; set; }

    /// <summary>Results that are rejected with 400, together with the whole report.</summary>
    public Func<CheckResult, bool> Refuses { get; set; } = _ => false;

    public int Polls { get; private set; }

    /// <summary>The types that the last poll reported.</summary>
    public string? Types { get; private set; }

    public int Reports { get; private set; }

    /// <summary>The accepted results in order of arrival, duplicates included.</summary>
    public IReadOnlyList<CheckResult> Taken => [.. _taken];

    public static async Task<FakeGateway> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        var app = builder.Build();
        var gateway = new FakeGateway(app);
        app.MapGet("/api/agent/v1/assignment", gateway.AssignAsync);
        app.MapPost("/api/agent/v1/results", gateway.TakeAsync);
        await app.StartAsync();
        return gateway;
    }

    public void Assign(params AssignedMonitor[] monitors)
    {
        var assignment = new Assignment(Guid.NewGuid().ToString("N"), monitors);
        Assign(assignment.Version, JsonSerializer.Serialize(assignment, AgentJson.Default.Assignment));
    }

    /// <summary>Assigns JSON that the serializer would not write.</summary>
    public void Assign(string version, string json)
    {
        _assignment = (version, json);
        _changed.Release();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        _changed.Dispose();
    }

    private async Task AssignAsync(HttpContext context)
    {
        Polls++;
        if (Fails(context)) return;
        Assert.NotEmpty(context.Request.Query["agent"].ToString());
        Types = context.Request.Query["types"];
        if (context.Request.Query["version"] == _assignment.Version)
            await _changed.WaitAsync(TimeSpan.FromSeconds(5), context.RequestAborted);
        if (Fails(context)) return;
        if (context.Request.Query["version"] == _assignment.Version) context.Response.StatusCode = 204;
        else
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(_assignment.Json);
        }
    }

    private async Task TakeAsync(HttpContext context)
    {
        Reports++;
        if (Fails(context)) return;
        var report = (await context.Request.ReadFromJsonAsync(AgentJson.Default.CheckReport))!;
        if (report.Results.Count is 0 or > 1000 || report.Results.Any(Refuses))
        {
            context.Response.StatusCode = 400;
            return;
        }
        foreach (var result in report.Results) _taken.Enqueue(result);
        await context.Response.WriteAsJsonAsync(new CheckReceipt(report.Results.Count, 0), AgentJson.Default.CheckReceipt);
    }

    private bool Fails(HttpContext context)
    {
        var status = Failing ?? (context.Request.Headers.Authorization == $"Bearer {Key}" ? null : 401);
        if (status is null) return false;
        context.Response.StatusCode = status.Value;
        return true;
    }
}

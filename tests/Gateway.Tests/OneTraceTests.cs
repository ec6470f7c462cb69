using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Kener.Incidents;
using Kener.Monitors;
using Kener.ServiceDefaults;
using Kener.Status;
using Kener.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Kener.Gateway.Tests;

/// <summary>Runs the gateway and three services with real servers, as separately as one process allows, and records every span.</summary>
public sealed class OneTraceTests : IAsyncLifetime
{
    private const string Redis = "OpenTelemetry.Instrumentation.StackExchangeRedis", Comment = "The cause is known";
    private readonly Recorder _recorder = new();
    private readonly List<ModuleHost> _services = [];
    private readonly Dictionary<string, string?> _settings = new()
    {
        ["Kener:Delivery"] = nameof(DeliveryKind.RabbitMQ),
        ["Kener:InternalKey"] = "internal-key-0123456789abcdef0123456789",
        ["ConnectionStrings:messaging"] = Environment.GetEnvironmentVariable("KENER_TEST_RABBITMQ"),
        // Nothing listens there.
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1",
    };
    private PrivateServer _redis = null!;
    private Embedded _gateway = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await PrivateServer.RedisAsync();
        _settings["ConnectionStrings:cache"] = _redis.Address;
        var incidents = await ServiceAsync(builder => builder.AddIncidents(), app => app.MapIncidents());
        await ServiceAsync(builder => builder.AddMonitors(), app => app.MapMonitors());
        var status = await ServiceAsync(builder =>
        {
            builder.AddStatus();
            builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(new SimpleActivityExportProcessor(_recorder)));
        }, app => app.MapStatus());
        _gateway = await Embedded.StartAsync(settings:
        [
            .. _settings.Select(setting => (setting.Key, setting.Value!)),
            ("services:incidents:http:0", Address(incidents)), ("services:status:http:0", Address(status)),
        ]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_gateway is not null) await _gateway.DisposeAsync();
        foreach (var service in _services) await service.DisposeAsync();
        await _redis.DisposeAsync();
        _recorder.Dispose();
    }

    [Fact]
    public async Task An_update_is_one_trace_from_the_gateway_to_the_page_in_Redis()
    {
        using var client = _gateway.Client(Embedded.Full);
        var incident = (await PostAsync(client, "/api/v4/incidents", new { title = "Slow answers", start_date_time = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 60 }))["incident"]!["id"]!;
        await SeesAsync("Slow answers");
        var path = $"/api/v4/incidents/{incident}/comments";
        await PostAsync(client, path, new { state = "IDENTIFIED", comment = Comment });
        await SeesAsync(Comment);

        var request = await FindAsync(span => span.Kind == ActivityKind.Server && span.ParentSpanId == default && Equals(path, span.GetTagItem("url.path")) && Equals("POST", span.GetTagItem("http.request.method")));
        var write = await FindAsync(span => span.TraceId == request.TraceId && span.Source.Name == Redis);
        List<string> way = [];
        for (var span = write; span != request; span = await FindAsync(other => other.SpanId == span.ParentSpanId)) way.Add(span.Source.Name);
        // From child to parent: the script in Redis, rendering in Status, the bus, the outbox and the endpoint of Incidents, the proxy of the
        // gateway.
        Assert.Equal(
            [
                Redis, "Kener", "Kener", "MassTransit", "MassTransit", "MassTransit", "Kener",
                "Microsoft.AspNetCore", "System.Net.Http", "Yarp.ReverseProxy",
            ], way);
        // Monitors consumes the event, too.
        await FindAsync(span => span.TraceId == request.TraceId && Has(span, "Kener.Monitors.Overlays.IncidentChangedConsumer"));
        await FindAsync(span => span.TraceId == request.TraceId && span.Source.Name == "Npgsql");
        // What the loops query in Redis once a second is not traced.
        Assert.DoesNotContain(_recorder.Spans, span => span.Source.Name == Redis && span.ParentSpanId == default);
    }

    private static bool Has(Activity span, string consumer) => span.GetTagItem("messaging.masstransit.consumer_type") is string type && type == consumer;

    private static string Address(ModuleHost service) => service.Anonymous.BaseAddress!.ToString().TrimEnd('/');

    private static async Task<JsonNode> PostAsync(HttpClient client, string path, object body)
    {
        using var content = JsonContent.Create(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        var answer = await client.AskAsync(request);
        Assert.Equal(201, answer.Code);
        return JsonNode.Parse(answer.Text)!;
    }

    private async Task<ModuleHost> ServiceAsync(Action<WebApplicationBuilder> add, Action<WebApplication> map)
    {
        var service = await ModuleHost.StartAsync(DatabaseKind.PostgreSQL, add, map, settings: _settings);
        _services.Add(service);
        return service;
    }

    private Task SeesAsync(string words) => Eventually.TrueAsync(() => Task.FromResult(
        _gateway.Board.Find("page:/") is { } page && Encoding.UTF8.GetString(page.Body).Contains(words, StringComparison.Ordinal)), seconds: 60);

    /// <summary>Waits for a span. Those of Redis are created from the records of its client every ten seconds.</summary>
    private async Task<Activity> FindAsync(Func<Activity, bool> isIt) =>
        (await Eventually.GetAsync(() => Task.FromResult(_recorder.Spans.FirstOrDefault(isIt)), found => found is not null, seconds: 60))!;

    private sealed class Recorder : BaseExporter<Activity>
    {
        private readonly ConcurrentQueue<Activity> _spans = new();

        public IReadOnlyCollection<Activity> Spans => _spans;

        public override ExportResult Export(in Batch<Activity> batch)
        {
            foreach (var span in batch) _spans.Enqueue(span);
            return ExportResult.Success;
        }
    }
}

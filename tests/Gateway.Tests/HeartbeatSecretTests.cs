using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Kener.Contracts;
using Kener.Monitors;
using Kener.Persistence.Delivery;
using Kener.ServiceDefaults;
using Kener.TestKit;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Trace;

namespace Kener.Gateway.Tests;

/// <summary>
/// Anyone who knows a heartbeat's URL can keep its monitor up: its secret must not appear in a log, a trace, an event or an error response, however
/// the request ends.
/// </summary>
public sealed class HeartbeatSecretTests
{
    private const string Secret = "s3cret-that-nobody-should-read";
    // Nothing listens there, but without an endpoint no telemetry would be collected at all.
    private static readonly (string, string) Telemetry = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1");

    [Theory, InlineData(LogLevel.Warning), InlineData(LogLevel.Information), InlineData(LogLevel.Debug)]
    public async Task No_log_trace_error_response_or_event_contains_the_secret(LogLevel level)
    {
        var folder = Directory.CreateTempSubdirectory("kener-test-").FullName;
        var told = new Told();
        await using (var host = await Embedded.StartAsync(
            app => app.MapMonitors(), null, builder =>
            {
                builder.AddMonitors();
                builder.Services.AddSingleton(told);
                builder.AddEventConsumer<EventsTold>("events");
                builder.AddDelivery();
                Listen(builder, told, level);
            }, true, ("Kener:Database", "Sqlite"), ("Kener:DataPath", folder), Telemetry))
        {
            using var client = host.Client(Embedded.Full);
            await MakeAsync(client);
            Assert.Equal(200, (await client.AskAsync("GET", $"/ext/heartbeat/job/{Secret}")).Code);
            Assert.Equal(200, (await client.AskAsync("POST", $"/ext/heartbeat/job:{Secret}")).Code);
            var answers = await RefusedAsync(client);
            foreach (var kind in new[] { nameof(MonitorChanged), nameof(ResultsRecorded) }) await told.HasAsync($"event {kind} ");
            // With a broken database, the service logs something about the request.
            await using (var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "monitors.db")}"))
            {
                await connection.OpenAsync(TestContext.Current.CancellationToken);
                await using var command = connection.CreateCommand();
                command.CommandText = "DROP TABLE beats";
                await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            }
            var failed = await client.AskAsync("GET", $"/ext/heartbeat/job/{Secret}");
            host.Log.ExpectsErrors = true;
            Assert.Equal(500, failed.Code);
            await told.HasAsync("/ext/heartbeat/… failed with");
            Assert.DoesNotContain(answers.Append(failed), answer => answer.Text.Contains(Secret, StringComparison.Ordinal));
        }
        // Other requests are traced.
        Assert.Contains(told.All, text => text.StartsWith("trace", StringComparison.Ordinal) && text.Contains("url.path=/api/v4/monitors", StringComparison.Ordinal));
        Assert.DoesNotContain(told.All, text => text.Contains(Secret, StringComparison.OrdinalIgnoreCase));
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_secret_is_not_logged_or_traced_on_the_way_to_a_service_in_another_process()
    {
        var told = new Told();
        var service = RawServer.Saying("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        var url = service.Url.ToString();
        await using (var host = await Embedded.StartAsync(null, null, builder => Listen(builder, told, LogLevel.Debug), true,
            ("Kener:Delivery", nameof(DeliveryKind.RabbitMQ)), ("Kener:InternalKey", "internal-key-0123456789abcdef0123456789"),
            ("ConnectionStrings:cache", "127.0.0.1:1,connectTimeout=100"), ("services:monitors:http:0", url), Telemetry))
        {
            using var client = host.Client(Embedded.Full);
            Assert.Equal(200, (await client.AskAsync("GET", "/api/v4/monitors")).Code);
            Assert.Equal(200, (await client.AskAsync("GET", $"/ext/heartbeat/job/{Secret}")).Code);
            Assert.Contains(service.Requests, request => request.Contains(Secret, StringComparison.Ordinal));
            await service.DisposeAsync();
            Assert.Equal((503, "UNAVAILABLE", "The service can not be reached now; try again later"), (await client.AskAsync("POST", $"/ext/heartbeat/job/{Secret}")).Error());
        }
        Assert.Contains(told.All, text => text.StartsWith("trace", StringComparison.Ordinal) && text.Contains($"url.full={url}api/v4/monitors", StringComparison.Ordinal));
        Assert.DoesNotContain(told.All, text => text.Contains(Secret, StringComparison.OrdinalIgnoreCase));
    }

    private static async Task MakeAsync(HttpClient client)
    {
        using var content = JsonContent.Create(new { tag = "job", name = "Job", monitor_type = "HEARTBEAT", cron = "* * * * *", type_data = new { secretString = Secret } });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v4/monitors") { Content = content };
        var made = await client.AskAsync(request);
        Assert.Equal(201, made.Code);
        // Callers with monitors.write may read the secret (Behavior: CHK-12).
        Assert.Equal(Secret, JsonNode.Parse(made.Text)!["monitor"]!["type_data"]!["secretString"]!.GetValue<string>());
    }

    /// <summary>Sends the right secret in every wrong way.</summary>
    private static async Task<List<Answer>> RefusedAsync(HttpClient client)
    {
        List<Answer> answers = [];
        foreach (var (method, path) in new[]
        {
            ("GET", $"/ext/heartbeat/other/{Secret}"), ("GET", $"/ext/heartbeat/job/{Secret}x"), ("GET", $"/ext/heartbeat/{Secret}"),
            ("PUT", $"/ext/heartbeat/job/{Secret}"), ("DELETE", $"/ext/heartbeat/job:{Secret}"), ("GET", $"/ext/heartbeat/job/{Secret}/more"),
            ("GET", $"//ext/heartbeat/job/{Secret}"), ("GET", $"/ext//heartbeat/job/{Secret}"), ("GET", $"/EXT/HEARTBEAT//job/{Secret}"),
            ("GET", $"/ext/heartbeat/job/{Secret}{new string('x', 9_000)}"),
        })
        {
            var answer = await client.AskAsync(method, client.BaseAddress!.GetLeftPart(UriPartial.Authority) + path, ("Accept", "text/html"));
            Assert.InRange(answer.Code, 400, 499);
            answers.Add(answer);
        }
        return answers;
    }

    private static void Listen(WebApplicationBuilder builder, Told told, LogLevel level)
    {
        builder.Logging.AddProvider(told).SetMinimumLevel(level);
        builder.Services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(new SimpleActivityExportProcessor(new Traces(told))));
        builder.Services.ConfigureOpenTelemetryLoggerProvider(logging => logging.AddProcessor(new SimpleLogRecordExportProcessor(new Logs(told))));
    }

    /// <summary>Collects everything that leaves the process, as text.</summary>
    public sealed class Told : ILoggerProvider
    {
        private readonly ConcurrentQueue<string> _all = new();

        public IReadOnlyList<string> All => [.. _all];

        public void Add(string text) => _all.Enqueue(text);

        public Task HasAsync(string words) => Eventually.TrueAsync(() => Task.FromResult(_all.Any(text => text.Contains(words, StringComparison.Ordinal))));

        public ILogger CreateLogger(string categoryName) => new Notes(this, categoryName);

        public void Dispose()
        {
        }
    }

    private sealed class Notes(Told told, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            told.Add($"log {category} {logLevel}: {formatter(state, exception)} {exception}");
    }

    private sealed class Traces(Told told) : BaseExporter<Activity>
    {
        public override ExportResult Export(in OpenTelemetry.Batch<Activity> batch)
        {
            foreach (var activity in batch)
            {
                var events = activity.Events.SelectMany(one => one.Tags.Select(tag => $"{one.Name} {tag.Key}={tag.Value}"));
                told.Add($"trace {activity.DisplayName} {string.Join(' ', activity.TagObjects.Select(tag => $"{tag.Key}={tag.Value}").Concat(events))} {activity.StatusDescription}");
            }
            return ExportResult.Success;
        }
    }

    private sealed class Logs(Told told) : BaseExporter<LogRecord>
    {
        public override ExportResult Export(in OpenTelemetry.Batch<LogRecord> batch)
        {
            foreach (var record in batch)
            {
                var scopes = new List<string>();
                record.ForEachScope((scope, into) => into.AddRange(scope.Scope is IEnumerable<KeyValuePair<string, object?>> pairs ? pairs.Select(pair => $"{pair.Key}={pair.Value}") : [$"{scope.Scope}"]), scopes);
                told.Add($"log {record.FormattedMessage} {record.Exception} {string.Join(' ', (record.Attributes ?? []).Select(pair => $"{pair.Key}={pair.Value}").Concat(scopes))}");
            }
            return ExportResult.Success;
        }
    }

    public sealed class EventsTold(Told told) : IConsumer<MonitorChanged>, IConsumer<ResultsRecorded>
    {
        public Task Consume(ConsumeContext<MonitorChanged> context) => KeepAsync(context.Message);

        public Task Consume(ConsumeContext<ResultsRecorded> context) => KeepAsync(context.Message);

        private Task KeepAsync(object message)
        {
            told.Add($"event {message.GetType().Name} {System.Text.Json.JsonSerializer.Serialize(message)}");
            return Task.CompletedTask;
        }
    }
}

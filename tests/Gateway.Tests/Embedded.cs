using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Kener.Contracts;
using Kener.Gateway.Routes;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Snapshots;
using Kener.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kener.Gateway.Tests;

/// <summary>
/// Runs the gateway in front of endpoints of the same process, on a real server. Tests publish keys and pages to its snapshot store.
/// </summary>
internal sealed class Embedded : IAsyncDisposable
{
    public const string Full = "full-key", ReadOnly = "read-key", Expiring = "expiring-key";
    private readonly WebApplication _app;

    private Embedded(WebApplication app)
    {
        _app = app;
        Url = new Uri(app.Urls.First());
        Log = app.Services.GetRequiredService<HostLog>();
    }

    public Uri Url { get; }
    public IServiceProvider Services => _app.Services;
    public HostLog Log { get; }
    public SnapshotStore Board => Services.GetRequiredService<SnapshotStore>();

    public static Task<Embedded> StartAsync(
        Action<IEndpointRouteBuilder>? map = null, TimeProvider? clock = null, Action<WebApplicationBuilder>? add = null, bool keys = true,
        params (string Name, string Value)[] settings) => StartAsync(RouteTable.Kener, map, clock, add, keys, settings);

    public static async Task<Embedded> StartAsync(
        RouteTable table, Action<IEndpointRouteBuilder>? map = null, TimeProvider? clock = null, Action<WebApplicationBuilder>? add = null, bool keys = true,
        params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Configuration["Kener:Delivery"] = nameof(DeliveryKind.Mediator);
        foreach (var (name, value) in settings) builder.Configuration[name] = value;
        builder.AddServiceDefaults();
        builder.AddHostLog();
        if (clock is not null) builder.Services.Replace(ServiceDescriptor.Singleton(clock));
        builder.AddGateway(table);
        add?.Invoke(builder);
        var app = builder.Build();
        app.UseGateway();
        app.UseServiceDefaults();
        app.MapGateway();
        map?.Invoke(app);
        await app.StartAsync();
        var host = new Embedded(app);
        if (keys) host.PublishKeys(1, Known(Full, 1, Permissions.All), Known(ReadOnly, 2, [Permissions.IncidentsRead]));
        return host;
    }

    public static PublishedKey Known(string key, long id, IReadOnlyList<string> permissions, long? expiresAt = null) =>
        new(KeyHash.Of(key), id, key, permissions, expiresAt);

    public void PublishKeys(long version, params PublishedKey[] keys) => Board.Publish(new PublishedKeys(version, keys).ToSnapshot(0));

    /// <summary>Creates a client that follows no redirects, decodes no content and keeps no cookies.</summary>
    public HttpClient Client(string? key = null)
    {
        // The client stands for one of another process, whose own trace must not decide whether the server traces.
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null }) { BaseAddress = Url };
        if (key is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Log.Check();
    }
}

internal static class Asking
{
    public static async Task<Answer> AskAsync(this HttpClient client, string method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await client.AskAsync(request);
    }

    public static async Task<Answer> AskAsync(this HttpClient client, HttpRequestMessage request)
    {
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var bytes = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var headers = answer.Headers.Concat(answer.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer(answer.StatusCode, headers, bytes);
    }
}

internal sealed record Answer(HttpStatusCode Status, IReadOnlyDictionary<string, string> Headers, byte[] Bytes)
{
    public int Code => (int)Status;
    public string Text => Encoding.UTF8.GetString(Bytes);
    public string? this[string header] => Headers.GetValueOrDefault(header);

    /// <summary>Returns an error in the API's format; fails if the response is anything else.</summary>
    public (int Status, string Code, string Message) Error()
    {
        Assert.Equal("application/json; charset=utf-8", this["Content-Type"]);
        var error = JsonNode.Parse(Text)!["error"]!;
        return (Code, error["code"]!.GetValue<string>(), error["message"]!.GetValue<string>());
    }
}

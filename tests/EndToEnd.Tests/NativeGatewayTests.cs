using System.Net;
using Kener.TestKit;

namespace Kener.EndToEnd.Tests;

/// <summary>
/// The gateway as native code (`dotnet publish gateway -p:PublishAot=true`), run as a second gateway of the distributed installation, behaves as
/// the managed one does. <c>./test</c> publishes it and passes its path.
/// </summary>
[Collection(Hostings.Shared)]
public sealed class NativeGatewayTests(Hostings hostings) : IAsyncLifetime
{
    private KenerProcess _kener = null!;
    private NativeGateway _gateway = null!;
    private HttpClient _visitor = null!, _api = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _kener = (await hostings.EmptyAsync(Hosting.Distributed)).Process;
        _gateway = await StartAsync();
        (_visitor, _api) = (_kener.Client(null), _kener.Client(KenerProcess.Key));
        _visitor.BaseAddress = _api.BaseAddress = _gateway.Url;
        await Eventually.TrueAsync(async () => (await _visitor.GetAsync("/ready", Cancel)).IsSuccessStatusCode);
    }

    public ValueTask DisposeAsync()
    {
        _gateway?.Dispose();
        _visitor?.Dispose();
        _api?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task It_serves_pages_live_updates_and_API_answers_as_the_managed_gateway_does()
    {
        using var live = await _visitor.GetAsync("/live?page=/", HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal("text/event-stream", live.Content.Headers.ContentType?.MediaType);
        using var news = new StreamReader(await live.Content.ReadAsStreamAsync(Cancel));

        await _api.CreateMonitorAsync("web");
        var incident = await _api.OpenIncidentAsync("Seen by both", Calls.Minute, ("web", "DOWN"));
        await _api.PostUpdateAsync(incident, "IDENTIFIED", "It is **known**.");
        foreach (var path in new[] { "/", $"/incidents/{incident}" })
        {
            await _visitor.SeesAsync(path, html => html.Contains("Seen by both") && html.Contains("<strong>known</strong>"));
            await Eventually.TrueAsync(async () => await _visitor.GetStringAsync(path, Cancel) == await _kener.Visitor.GetStringAsync(path, Cancel));
        }
        var told = "";
        while (!told.StartsWith("data:", StringComparison.Ordinal)) told = await news.ReadLineAsync(Cancel) ?? throw new InvalidOperationException("The live stream ended");

        var asked = new (HttpClient Client, HttpMethod Method, string Path, string? Body)[]
        {
            (_visitor, HttpMethod.Get, "/api/v4/incidents", null), (_api, HttpMethod.Post, "/api/v4/incidents", "null"), (_api, HttpMethod.Post, "/api/v4/incidents", "{"),
            (_api, HttpMethod.Get, "/api/v4/incidents/999999", null), (_api, HttpMethod.Delete, "/api/v4/site", null), (_api, HttpMethod.Get, "/api/v4/nothing", null),
            (_visitor, HttpMethod.Get, "/nowhere", null), (_api, HttpMethod.Get, "/api/v5/dead-letters", null), (_api, HttpMethod.Get, "/api/v5/api-keys", null),
        };
        foreach (var (client, method, path, body) in asked)
        {
            using var managed = client == _api ? _kener.Client(KenerProcess.Key) : _kener.Client(null);
            Assert.Equal(await AnswerAsync(managed, method, path, body), await AnswerAsync(client, method, path, body));
        }
    }

    private Task<NativeGateway> StartAsync()
    {
        var program = Environment.GetEnvironmentVariable("KENER_TEST_NATIVE_GATEWAY") ?? throw new InvalidOperationException("KENER_TEST_NATIVE_GATEWAY is not set: run ./test");
        return NativeGateway.StartAsync(program, Tree.EnvironmentOf(Tree.Find(_kener.ProcessId, "Kener.Gateway.dll")), Cancel);
    }

    private static async Task<(HttpStatusCode, string)> AnswerAsync(HttpClient client, HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        using var answer = await client.SendAsync(request, Cancel);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }
}

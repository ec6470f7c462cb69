using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Kener.Accounts.ApiKeys;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Snapshots;
using Kener.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Accounts.Tests;

internal static class AccountsHost
{
    public const string Bootstrap = "bootstrap-key-0123456789abcdef0123456789";

    public static Task<ModuleHost> StartAsync(
        DatabaseKind database, TimeProvider? clock = null, string? bootstrap = Bootstrap, StringWriter? terminal = null, string? dataPath = null,
        bool isInteractive = true, string? connection = null) =>
        ModuleHost.StartAsync(
            database,
            builder =>
            {
                builder.Services.AddSingleton(new ConsoleOutput(terminal ?? new StringWriter(), isInteractive));
                builder.AddAccounts();
            },
            app => app.MapAccounts(), clock, dataPath, connection is null
                ? new Dictionary<string, string?> { ["Kener:BootstrapApiKey"] = bootstrap }
                : new Dictionary<string, string?> { ["Kener:BootstrapApiKey"] = bootstrap, ["ConnectionStrings:accountdb"] = connection });

    public static PublishedKeys Published(this ModuleHost host) =>
        PublishedKeys.From(host.Services.GetRequiredService<SnapshotStore>().Find(PublishedKeys.SnapshotKey)!);

    /// <summary>Returns a client with an internal token of this key, with every permission.</summary>
    public static HttpClient ClientOf(this ModuleHost host, long id)
    {
        var client = new HttpClient { BaseAddress = host.Anonymous.BaseAddress };
        var token = host.Services.GetRequiredService<InternalToken>().For(new Caller($"key:{id}", Kener.Contracts.Permissions.OfKeys));
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    public static async Task<(int Status, JsonNode Body)> SendAsync(this HttpClient client, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = body switch { null => null, string text => new StringContent(text, Encoding.UTF8), _ => JsonContent.Create(body) },
        };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text2 = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, JsonNode.Parse(text2)!);
    }

    public static async Task<(long Id, string Key)> CreateAsync(this HttpClient client, string name, params string[] permissions)
    {
        var (status, body) = await client.SendAsync(HttpMethod.Post, "/api/v5/api-keys", new { name, permissions });
        Assert.Equal(201, status);
        return (body["api_key"]!["id"]!.GetValue<long>(), body["api_key"]!["key"]!.GetValue<string>());
    }
}

using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Kener.Accounts;
using Kener.Contracts;
using Kener.Gateway.Routes;
using Kener.Incidents;
using Kener.Monitors;
using Kener.Persistence.Delivery;
using Kener.ServiceDefaults;
using Kener.Status;
using Kener.TestKit;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Gateway.Tests;

/// <summary>
/// Calls every route of the running application as each kind of caller: a new route fails until it is public or requires a permission, and is in the
/// route table.
/// </summary>
public sealed partial class GateTableTests
{
    private const string Bootstrap = "bootstrap-key-0123456789abcdef0123456789";

    /// <summary>An endpoint as the framework has it; public if it has no permission.</summary>
    private sealed record Classed(string Pattern, string Method, string? Permission)
    {
        // No entity has this id, so nothing is found or changed.
        public string Path => Parameter().Replace(Pattern, "999999");
    }

    [Fact]
    public async Task Every_route_admits_exactly_the_callers_that_it_should()
    {
        var folder = Directory.CreateTempSubdirectory("kener-test-").FullName;
        await using var host = await Embedded.StartAsync(
            app => app.MapAccounts().MapIncidents().MapMonitors().MapStatus(), null,
            builder =>
            {
                builder.AddAccounts().AddIncidents().AddMonitors().AddStatus();
                builder.AddDelivery();
            },
            keys: false,
            ("Kener:Database", "Sqlite"), ("Kener:DataPath", folder), ("Kener:BootstrapApiKey", Bootstrap), ("Kener:Limits:FailuresPerSecond", "100000"));
        using var full = host.Client(Bootstrap);
        using var anonymous = host.Client();
        using var wrong = host.Client("wrong");
        foreach (var endpoint in ClassedEndpoints(host.Services))
        {
            using var lacking = host.Client(endpoint.Permission is null ? Bootstrap : await KeyWithoutAsync(full, endpoint.Permission));
            var row = new List<int>();
            foreach (var client in new[] { anonymous, wrong, lacking, full })
            {
                var answer = await client.AskAsync(endpoint.Method, endpoint.Path);
                Assert.DoesNotContain("No API route matches", answer.Text);
                if (RouteTable.Kener.Find(endpoint.Path)!.Access == Access.Key) Assert.Equal("no-store", answer["Cache-Control"]);
                row.Add(answer.Code);
            }
            var expected = endpoint.Permission is null ? "open open open open" : "401 401 403 open";
            Assert.Equal($"{endpoint.Method} {endpoint.Pattern}: {expected}", $"{endpoint.Method} {endpoint.Pattern}: {string.Join(' ', row.Select(Word))}");
        }
        await host.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);

        static string Word(int status) => status is (>= 200 and < 400) or 400 or 404 or 503 ? "open" : status.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task The_route_table_matches_the_endpoints()
    {
        await using var host = await ServicesAsync();
        var endpoints = ClassedEndpoints(host.Services).Where(endpoint => RouteTable.Kener.Find(endpoint.Path)?.Owner != Owner.Edge)
            .Select(endpoint => $"{endpoint.Method} {Shape(endpoint.Pattern)} {(endpoint.Permission is null ? Access.Public : Access.Key)}");
        var table = RouteTable.Kener.All.Where(route => route.Owner != Owner.Edge)
            .SelectMany(route => route.Methods.Select(method => $"{method} {Shape(route.Pattern)} {route.Access}"));
        Assert.Equal(table.Order(), endpoints.Order());

        static string Shape(string pattern) => Parameter().Replace(pattern, "{}");
    }

    [Fact]
    public void The_list_of_public_routes_that_tests_attack_is_complete() =>
        Assert.Equal(RouteTable.Kener.All.Where(route => route.Access == Access.Public).Select(route => route.Pattern).Order(), PublicRoutes.All.Order());

    [Fact]
    public async Task A_service_by_itself_admits_no_caller_without_an_internal_token()
    {
        await using var host = await ServicesAsync();
        foreach (var endpoint in ClassedEndpoints(host.Services).Where(endpoint => endpoint.Permission is not null))
        {
            foreach (var authorization in new[] { "", "Bearer " + Bootstrap, "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJrZXk6MSJ9." })
            {
                var answer = await host.Anonymous.AskAsync(endpoint.Method, endpoint.Path, ("Authorization", authorization));
                Assert.Equal($"{endpoint} 401", $"{endpoint} {answer.Error().Status}");
            }
        }
    }

    [Fact]
    public async Task A_key_that_is_deleted_through_the_API_stops_working_at_once()
    {
        var folder = Directory.CreateTempSubdirectory("kener-test-").FullName;
        await using (var host = await Embedded.StartAsync(
            app => app.MapAccounts(), null,
            builder =>
            {
                builder.AddAccounts();
                builder.AddDelivery();
            },
            keys: false, ("Kener:Database", "Sqlite"), ("Kener:DataPath", folder), ("Kener:BootstrapApiKey", Bootstrap)))
        {
            using var full = host.Client(Bootstrap);
            var key = await KeyWithoutAsync(full, Permissions.ApiKeysDelete);
            using var client = host.Client(key);
            var list = JsonNode.Parse((await client.AskAsync("GET", "/api/v5/api-keys")).Text)!["api_keys"]!.AsArray();
            Assert.Equal(200, (await full.AskAsync("DELETE", $"/api/v5/api-keys/{list[1]!["id"]}")).Code);
            Assert.Equal(401, (await client.AskAsync("GET", "/api/v5/api-keys")).Code);
        }
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private static Task<ModuleHost> ServicesAsync() => ModuleHost.StartAsync(
        DatabaseKind.Sqlite, builder => builder.AddAccounts().AddIncidents().AddMonitors().AddStatus(),
        app => app.MapAccounts().MapIncidents().MapMonitors().MapStatus());

    private static List<Classed> ClassedEndpoints(IServiceProvider services) =>
        [.. services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().SelectMany(Class)];

    private static IEnumerable<Classed> Class(RouteEndpoint endpoint)
    {
        var pattern = "/" + endpoint.RoutePattern.RawText!.Trim('/');
        var isPublic = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;
        var policies = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(data => data.Policy).ToList();
        var isGated = policies.Count == 1 && Permissions.OfKeys.Contains(policies[0]);
        Assert.True(isPublic != isGated, $"{endpoint.DisplayName} must have either AllowAnyone or Requires");
        // Health endpoints accept any method; FrontDoor admits only those of the table.
        var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? RouteTable.Kener.Find(pattern)?.Methods ?? [];
        Assert.NotEmpty(methods);
        return methods.Select(method => new Classed(pattern, method, isPublic ? null : policies[0]));
    }

    private static async Task<string> KeyWithoutAsync(HttpClient full, string permission)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v5/api-keys")
        {
            Content = JsonContent.Create(new { name = Guid.NewGuid().ToString(), permissions = Permissions.All.Where(other => other != permission) }),
        };
        var answer = await full.AskAsync(request);
        Assert.Equal(201, answer.Code);
        return JsonNode.Parse(answer.Text)!["api_key"]!["key"]!.GetValue<string>();
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}

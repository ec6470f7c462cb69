using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Json;
using Kener.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kener.Gateway.Tests;

/// <summary>The gateway in its own process: it forwards the requests that it admits to the services that service discovery names.</summary>
public sealed class ProxyTests
{
    private const string Incidents = "/api/v4/incidents";
    private static readonly (string, string) Distributed = ("Kener:Delivery", nameof(DeliveryKind.RabbitMQ));
    // Nothing listens there: keys and pages are in the snapshot store already, and Redis may be unreachable.
    private static readonly (string, string) NoRedis = ("ConnectionStrings:cache", "127.0.0.1:1,connectTimeout=100");
    private static readonly (string, string) Internal = ("Kener:InternalKey", "internal-key-0123456789abcdef0123456789");

    /// <summary>The settings of a gateway in a process of its own.</summary>
    internal static (string, string)[] Apart => [Distributed, Internal, NoRedis];

    internal static async Task<WebApplication> ServiceAsync(Action<IEndpointRouteBuilder> map, Action<IServiceCollection>? add = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        builder.Configuration[Internal.Item1] = Internal.Item2;
        builder.AddServiceDefaults();
        add?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapServiceDefaults();
        map(app);
        await app.StartAsync();
        return app;
    }

    [Fact]
    public async Task A_request_reaches_its_owner_with_the_internal_token_and_the_client_address_that_the_gateway_saw()
    {
        await using var service = await ServiceAsync(app =>
        {
            app.MapGet(Incidents, (HttpContext context) => $"{context.User.Subject()} {context.Request.QueryString} {context.Request.Headers["X-Forwarded-For"]}").Requires(Permissions.IncidentsRead);
            app.MapPost(Incidents, async (HttpContext context) => (await JsonBody.ReadAsync(context.Request, context.RequestAborted)).GetProperty("a").GetString()).Requires(Permissions.IncidentsWrite);
            app.MapDelete("/api/v4/incidents/{id}", (string id) => id).Requires(Permissions.IncidentsWrite);
        });
        await using var host = await Embedded.StartAsync(settings: [Distributed, Internal, NoRedis, ("services:incidents:http:0", service.Urls.First())]);
        using var client = host.Client(Embedded.Full);
        Assert.Equal("key:1 ?a=b 127.0.0.1", (await client.AskAsync("GET", Incidents + "?a=b", ("X-Forwarded-For", "1.2.3.4"))).Text);
        Assert.Equal("x%2Fy", (await client.AskAsync("DELETE", Incidents + "/x%2Fy")).Text);
        using var small = host.Client(Embedded.ReadOnly);
        Assert.Equal((403, "FORBIDDEN", "You do not have permission to perform this action"), (await small.AskAsync("DELETE", Incidents + "/1")).Error());
        Assert.Equal(404, (await client.AskAsync("GET", "/api/v4/nothing")).Error().Status);
        Assert.Equal(405, (await client.AskAsync("PUT", Incidents)).Error().Status);
        using var direct = new HttpClient { BaseAddress = new Uri(service.Urls.First()) };
        Assert.Equal(401, (await direct.AskAsync("GET", Incidents)).Error().Status);
        Assert.Equal(401, (await direct.AskAsync("GET", Incidents, ("Authorization", "Bearer " + Embedded.Full))).Error().Status);
    }

    [Fact]
    public async Task No_API_response_may_be_cached_whatever_its_owner_says()
    {
        await using var service = await ServiceAsync(app => app.MapFallback((HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            context.Response.StatusCode = context.Request.Query["status"] == "404" ? 404 : 200;
            return context.Response.WriteAsync("{}");
        }).AllowAnonymous());
        await using var host = await Embedded.StartAsync(settings: [Distributed, Internal, NoRedis, .. Enum.GetNames<Routes.Owner>().Where(owner => owner != "Edge")
            .Select(owner => ($"services:{owner.ToLowerInvariant()}:http:0", service.Urls.First()))]);
        using var client = host.Client(Embedded.Full);
        using var anonymous = host.Client();
        var paths = Routes.RouteTable.Kener.All.Where(route => route.Access == Routes.Access.Key).Select(route => route.Pattern.Replace('{', 'x').Replace('}', 'x')).ToList();
        Assert.True(paths.Count > 20);
        foreach (var path in paths.Append("/ext/heartbeat/web/secret").Append("/API/v4/Nothing"))
        {
            foreach (var method in new[] { "GET", "POST", "PATCH", "DELETE", "PUT", "HEAD" })
            {
                Assert.Equal("no-store", (await client.AskAsync(method, path))["Cache-Control"]);
                Assert.Equal("no-store", (await client.AskAsync(method, path + "?status=404"))["Cache-Control"]);
                Assert.Equal("no-store", (await anonymous.AskAsync(method, path))["Cache-Control"]);
            }
        }
    }

    [Fact]
    public async Task A_degraded_service_serves_but_is_not_healthy_to_the_gateway()
    {
        await using var service = await ServiceAsync(
            app => app.MapGet(Incidents, () => "served").Requires(Permissions.IncidentsRead),
            services => services.AddHealthChecks().AddCheck("database", () => HealthCheckResult.Degraded("It is read-only"), ["ready"]));
        await using var host = await Embedded.StartAsync(settings: [Distributed, Internal, NoRedis, ("services:incidents:http:0", service.Urls.First())]);
        using var client = host.Client(Embedded.Full);
        Assert.Equal((200, "served"), (await client.AskAsync("GET", Incidents) is var answer ? (answer.Code, answer.Text) : default));
        var health = host.Services.GetRequiredService<HealthCheckService>();
        // The gateway treats a service as unhealthy if its answer takes more than 1.5 s, which may happen on a busy machine.
        await Eventually.GetAsync(() => health.CheckHealthAsync(check => check.Name == "incidents", TestContext.Current.CancellationToken),
            report => report.Entries["incidents"].Status == HealthStatus.Degraded);
        using var direct = new HttpClient { BaseAddress = new Uri(service.Urls.First()) };
        Assert.Equal((200, 503), ((await direct.AskAsync("GET", "/ready")).Code, (await direct.AskAsync("GET", "/health")).Code));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_body_over_one_mebibyte_is_refused_through_the_proxy(bool chunked)
    {
        await using var service = await ServiceAsync(app => app.MapPost(Incidents, async (HttpContext context) =>
            (await JsonBody.ReadAsync(context.Request, context.RequestAborted)).ToString()).Requires(Permissions.IncidentsWrite));
        await using var host = await Embedded.StartAsync(settings: [Distributed, Internal, NoRedis, ("services:incidents:http:0", service.Urls.First())]);
        using var client = host.Client(Embedded.Full);
        using var request = new HttpRequestMessage(HttpMethod.Post, Incidents) { Content = new StringContent($$"""{"a":"{{new string('x', 2 << 20)}}"}""") };
        request.Headers.TransferEncodingChunked = chunked;
        Assert.InRange((await client.AskAsync(request)).Error().Status, 400, 499);
    }

    [Fact]
    public async Task An_unreachable_service_is_503_in_the_error_format_and_as_a_page()
    {
        using var held = LocalPort.Refusing(out var port);
        var away = $"http://127.0.0.1:{port}";
        await using var host = await Embedded.StartAsync(settings: [Distributed, Internal, NoRedis, ("services:incidents:http:0", away), ("services:status:http:0", away)]);
        using var client = host.Client(Embedded.Full);
        var answer = (await client.AskAsync("GET", Incidents)).Error();
        Assert.Equal((503, "UNAVAILABLE", "The service can not be reached now; try again later"), answer);
        foreach (var path in new[] { "/", "/incidents/5" })
        {
            var page = await client.AskAsync("GET", path, ("Accept", "text/html"));
            Assert.Equal((503, "text/html; charset=utf-8", "no-store"), (page.Code, page["Content-Type"], page["Cache-Control"]));
            Assert.Contains("<h1>The status can not be shown right now</h1>", page.Text);
        }
        host.Board.Publish(PageTests.Page("<h1>Here</h1>"));
        Assert.Equal("<h1>Here</h1>", (await client.AskAsync("GET", "/")).Text);
        Assert.Equal(200, (await client.AskAsync("GET", "/ready")).Code);
        Assert.Equal(503, (await client.AskAsync("GET", "/health")).Code);
    }
}

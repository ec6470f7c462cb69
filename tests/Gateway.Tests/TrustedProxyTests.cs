using Kener.Contracts;
using Kener.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kener.Gateway.Tests;

/// <summary>Which proxies may set a client's address.</summary>
public sealed class TrustedProxyTests
{
    private const string Incidents = "/api/v4/incidents";

    private static void Tell(IEndpointRouteBuilder app) => app.MapGet(Incidents, (HttpContext context) =>
        $"{context.Connection.RemoteIpAddress} {context.Request.Scheme} {context.Request.Host.Host} {string.Join(',', context.Request.Headers.Keys.Where(name => name.StartsWith("X-", StringComparison.OrdinalIgnoreCase)))}")
        .Requires(Permissions.IncidentsRead);

    [Theory]
    [InlineData("", "203.0.113.7", "127.0.0.1")]
    [InlineData("10.0.0.0/8", "203.0.113.7", "127.0.0.1")]
    [InlineData("127.0.0.1", "203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.0/8, 10.0.0.0/8", "203.0.113.7", "203.0.113.7")]
    // Only what trusted proxies wrote counts, from the right: a client can write anything before it.
    [InlineData("127.0.0.0/8 10.0.0.0/8", "198.51.100.1, 203.0.113.7, 10.1.2.3", "203.0.113.7")]
    [InlineData("127.0.0.0/8", "198.51.100.1, 203.0.113.7, 10.1.2.3", "10.1.2.3")]
    [InlineData("127.0.0.1", "2001:db8::5", "2001:db8::5")]
    [InlineData("127.0.0.1", "nonsense", "127.0.0.1")]
    [InlineData("127.0.0.1", "", "127.0.0.1")]
    public async Task The_client_address_is_the_one_that_trusted_proxies_report(string trusted, string forwarded, string client)
    {
        await using var host = await Embedded.StartAsync(Tell, settings: ("Kener:TrustedProxies", trusted));
        using var caller = host.Client(Embedded.Full);
        var answer = await caller.AskAsync("GET", Incidents, ("X-Forwarded-For", forwarded), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example"));
        Assert.Equal($"{client} http 127.0.0.1 ", answer.Text);
    }

    [Fact]
    public async Task Failed_authentications_are_counted_for_the_client_and_not_for_the_proxy()
    {
        await using var host = await Embedded.StartAsync(Tell, settings: [("Kener:TrustedProxies", "127.0.0.1"), ("Kener:Limits:FailuresPerSecond", "1")]);
        using var guesser = host.Client("guess");
        Task<Answer> Guess(string from) => guesser.AskAsync("GET", Incidents, ("X-Forwarded-For", from));
        Assert.Equal(401, (await Guess("203.0.113.7")).Code);
        Assert.Equal(429, (await Guess("203.0.113.7")).Code);
        Assert.Equal(401, (await Guess("203.0.113.8")).Code);
    }

    [Theory]
    [InlineData("10.0.0.0/33")]
    [InlineData("localhost")]
    [InlineData("10.0.0.0/8,*")]
    public async Task A_setting_that_is_not_a_network_stops_the_start_with_its_name(string trusted)
    {
        var fault = await Assert.ThrowsAnyAsync<Exception>(() => Embedded.StartAsync(settings: ("Kener:TrustedProxies", trusted)));
        Assert.Contains("Kener__TrustedProxies holds '", fault.Message);
    }
}

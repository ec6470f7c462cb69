using System.Net;
using Kener.Outbound.Addresses;
using Kener.Outbound.Requests;
using Microsoft.Extensions.Options;

namespace Kener.Outbound.Tests;

internal static class Doors
{
    public static OutboundDoor Open(string? deny = null, string? allowFetch = null, NameLookup? lookup = null, TimeProvider? clock = null) =>
        new(Options.Create(new OutboundSettings { Deny = deny, AllowFetch = allowFetch }), clock ?? TimeProvider.System, lookup);

    /// <summary>Returns a resolver whose calls return these lists of addresses in turn, and the last list from then on.</summary>
    public static NameLookup Answering(params string[][] answers)
    {
        var asked = 0;
        return (_, _) => Task.FromResult(answers[Math.Min(asked++, answers.Length - 1)].Select(IPAddress.Parse).ToArray());
    }

    public static Task<OutboundAnswer> GetAsync(this OutboundDoor door, Uri url, double seconds = 120, int redirects = 5) => door.SendAsync(
        new OutboundRequest(url) { Timeout = TimeSpan.FromSeconds(seconds), MaxRedirects = redirects }, OutboundPolicy.Monitor, TestContext.Current.CancellationToken);

    public static async Task<OutboundFault> FaultAsync(this OutboundDoor door, OutboundRequest request, OutboundPolicy policy = OutboundPolicy.Monitor) =>
        await Assert.ThrowsAsync<OutboundFault>(() => door.SendAsync(request, policy, TestContext.Current.CancellationToken));
}

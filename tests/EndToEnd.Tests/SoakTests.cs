using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Kener.TestKit;

namespace Kener.EndToEnd.Tests;

/// <summary>Hostile traffic from clients without a key; its length is a number of requests, not a time.</summary>
[Collection(Hostings.Shared)]
public sealed class SoakTests(Hostings hostings)
{
    private const int Before = 1_000, Attackers = 100, AtOnce = 8;
    private const double MostGrowthMiB = 50;
    private const string Name = "Monitor of the soak test";

    // The processes that anyone can reach, directly or through the gateway.
    private static readonly string[] Reached = ["Kener.Gateway.dll", "Kener.Status.dll", "Kener.Monitors.dll"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Hostings.Both), MemberType = typeof(Hostings))]
    public async Task Hostile_traffic_leaks_no_memory_causes_no_5xx_and_does_not_affect_visitors(Hosting hosting)
    {
        // Embedded with the limits of a real installation; the distributed one is shared with other tests and has no limits.
        await using var own = hosting == Hosting.Embedded ? await KenerProcess.StartAsync(new()
        {
            ["Kener__BootstrapApiKey"] = KenerProcess.Key,
            ["Kener__Limits__AnonymousRequestsPerSecond"] = "50",
            ["Kener__Limits__AnonymousBurst"] = "200",
        }) : null;
        await using var shared = own is null ? await hostings.EmptyAsync(hosting) : null;
        var kener = own ?? shared!.Process;
        await kener.Api.CreateMonitorAsync("soak", Name);
        await kener.Visitor.SeesAsync("/", html => html.Contains(Name, StringComparison.Ordinal));
        var from = kener.Output.Length;

        var attackers = Enumerable.Range(0, Attackers).Select(seed => new Attacker(kener.Url, seed)).ToList();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var visits = VisitAsync(kener.Url, end.Token);
        await AttackAsync(attackers, Before);
        var before = MemoryMiB(kener);
        await AttackAsync(attackers, Scale.Of(10_000) - Before);
        await end.CancelAsync();
        Assert.True(await visits > 0);
        attackers.ForEach(attacker => attacker.Dispose());

        Assert.DoesNotContain("fail:", kener.Output[from..], StringComparison.Ordinal);
        // Memory that was used briefly is returned to the system once the process is idle.
        await Eventually.TrueAsync(() => Task.FromResult(MemoryMiB(kener) <= before + MostGrowthMiB));
    }

    private static async Task AttackAsync(List<Attacker> attackers, int count)
    {
        var failed = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(Enumerable.Range(0, AtOnce), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancel }, async (worker, cancel) =>
        {
            for (var i = worker; i < count; i += AtOnce)
            {
                // Each worker has its own attackers, so that each attacker is one client with one request at a time.
                var (request, status) = await attackers[worker + (AtOnce * (i / AtOnce % (Attackers / AtOnce)))].AskAsync(cancel);
                if (status >= 500) failed.Add($"{status}: {request}");
            }
        });
        Assert.Empty(failed);
    }

    /// <summary>Reads the page from another address, with and without a theme and a time zone; returns the number of rounds.</summary>
    private static async Task<int> VisitAsync(string url, CancellationToken end)
    {
        using var visitor = Attacker.From("127.0.0.2", url);
        var visits = 0;
        while (!end.IsCancellationRequested)
        {
            foreach (var (cookies, scope) in new[] { ("", "public"), ("kener_theme=dark", "private"), ("kener_theme=light; kener_tz=Asia/Kathmandu", "private") })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "/");
                request.Headers.TryAddWithoutValidation("Cookie", cookies);
                using var answer = await visitor.SendAsync(request, Cancel);
                var html = await answer.Content.ReadAsStringAsync(Cancel);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                Assert.Equal((scope, "en"), (answer.Headers.CacheControl!.Private ? "private" : answer.Headers.CacheControl.ToString().Split(',')[0], answer.Content.Headers.ContentLanguage.Single()));
                Assert.Contains(Name, html, StringComparison.Ordinal);
                Assert.Equal(cookies.Contains("Kathmandu", StringComparison.Ordinal), html.Contains("Times in Asia/Kathmandu", StringComparison.Ordinal));
            }
            visits++;
            await Task.Delay(10, Cancel);
        }
        return visits;
    }

    private static double MemoryMiB(KenerProcess kener) =>
        (kener.Hosting == Hosting.Embedded ? [kener.ProcessId] : Reached.SelectMany(program => Tree.All(kener.ProcessId, program)).Select(member => member.Id))
        .Sum(id =>
        {
            using var process = Process.GetProcessById(id);
            return process.WorkingSet64 / 1_048_576d;
        });
}

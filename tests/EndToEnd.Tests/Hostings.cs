using System.Text.Json.Nodes;
using Kener.EndToEnd.Tests;
using Xunit.Sdk;
using Xunit.v3;

// Whole installations start here: side by side they would be slow on few cores.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(Hostings))]

namespace Kener.EndToEnd.Tests;

/// <summary>
/// How Kener is run: all in one process, or a process each with PostgreSQL, RabbitMQ and Redis; or all in one as <c>dotnet publish</c> makes it,
/// compiled ahead, which <c>./test</c> does.
/// </summary>
public enum Hosting
{
    Embedded,
    Distributed,
    Published,
}

/// <summary>
/// One suite, two hostings. Embedded, who changes something has a process of his own; the servers of the distributed one take their time
/// to start, so all tests share it, and each finds it empty.
/// </summary>
public sealed class Hostings : IAsyncLifetime
{
    private readonly Dictionary<Hosting, KenerProcess> _shared = [];

    public static TheoryData<Hosting> Both { get; } = [Hosting.Embedded, Hosting.Distributed];

    public static TheoryData<Hosting> All { get; } = [Hosting.Embedded, Hosting.Distributed, Hosting.Published];

    /// <summary>For a test that changes nothing which others could see.</summary>
    public async Task<KenerProcess> SharedAsync(Hosting hosting)
    {
        if (!_shared.TryGetValue(hosting, out var kener)) _shared[hosting] = kener = await KenerProcess.StartAsync(hosting: hosting);
        return kener;
    }

    /// <summary>An installation without monitors and incidents.</summary>
    public async Task<Empty> EmptyAsync(Hosting hosting)
    {
        if (hosting != Hosting.Distributed) return new Empty(await KenerProcess.StartAsync(hosting: hosting), isOwn: true);
        var kener = await SharedAsync(hosting);
        await DeleteAllAsync(kener.Api, "incidents", incident => incident["id"]!.ToString());
        await DeleteAllAsync(kener.Api, "monitors", monitor => monitor["tag"]!.ToString());
        await kener.Visitor.SeesAsync("/", html => html.Contains("No Status Available"));
        return new Empty(kener, isOwn: false);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var kener in _shared.Values) await kener.DisposeAsync();
    }

    private static async Task DeleteAllAsync(HttpClient api, string things, Func<JsonNode, string> key)
    {
        while (true)
        {
            var known = (await api.SendAsync(HttpMethod.Get, $"/api/v4/{things}"))[things]!.AsArray();
            if (known.Count == 0) return;
            foreach (var one in known) await api.SendAsync(HttpMethod.Delete, $"/api/v4/{things}/{key(one!)}");
        }
    }
}

/// <summary>An installation that was empty when it was handed out.</summary>
public sealed class Empty(KenerProcess kener, bool isOwn) : IAsyncDisposable
{
    public HttpClient Api => kener.Api;

    public HttpClient Visitor => kener.Visitor;

    public KenerProcess Process => kener;

    public ValueTask DisposeAsync() => isOwn ? kener.DisposeAsync() : ValueTask.CompletedTask;
}

using System.Text.Json.Nodes;
using Kener.EndToEnd.Tests;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(Hostings))]
[assembly: TestCollectionOrderer(typeof(SharedFirst))]

namespace Kener.EndToEnd.Tests;

/// <summary>
/// How Kener runs: all in one process, as <c>dotnet publish</c> makes it, which <c>./test</c> does; or a process per service with PostgreSQL,
/// RabbitMQ and Redis; or all in one process as <c>dotnet build</c> makes it, which takes half as long again to start since nothing is compiled ahead.
/// </summary>
public enum Hosting
{
    Embedded,
    Distributed,
    Built,
}

/// <summary>
/// Runs one suite in both hostings. Embedded, each test that changes something gets its own process. The servers of the distributed hosting take
/// long to start, so all tests share one installation, which is emptied for each. Test classes that use it are in the collection
/// <see cref="Shared"/>, one after the other; the other classes run beside them.
/// </summary>
public sealed class Hostings : IAsyncLifetime
{
    public const string Shared = "Shared installation";

    private readonly Dictionary<Hosting, KenerProcess> _shared = [];

    public static TheoryData<Hosting> Both { get; } = [Hosting.Embedded, Hosting.Distributed];

    public static TheoryData<Hosting> All { get; } = [Hosting.Embedded, Hosting.Distributed, Hosting.Built];

    /// <summary>Returns the shared installation, for a test that changes nothing that other tests could see.</summary>
    public async Task<KenerProcess> SharedAsync(Hosting hosting)
    {
        if (!_shared.TryGetValue(hosting, out var kener)) _shared[hosting] = kener = await KenerProcess.StartAsync(hosting: hosting);
        return kener;
    }

    /// <summary>Returns an installation without monitors and incidents.</summary>
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

/// <summary>Starts with the tests of the shared installation, which take longest, so that the others run beside them.</summary>
public sealed class SharedFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderBy(one => one.TestCollectionDisplayName != Hostings.Shared)];
}

/// <summary>An installation that was empty when the test got it.</summary>
public sealed class Empty(KenerProcess kener, bool isOwn) : IAsyncDisposable
{
    public HttpClient Api => kener.Api;

    public HttpClient Visitor => kener.Visitor;

    public KenerProcess Process => kener;

    public ValueTask DisposeAsync() => isOwn ? kener.DisposeAsync() : ValueTask.CompletedTask;
}

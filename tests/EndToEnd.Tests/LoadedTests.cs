using Kener.TestKit;

namespace Kener.EndToEnd.Tests;

/// <summary>What a process loads it holds in memory for ever (docs/adr/0020-processes-load-what-they-use.md).</summary>
public sealed class LoadedTests(Hostings hostings)
{
    private static readonly string[] Never = ["libicu", "Microsoft.AspNetCore.Server.IIS.dll", "/OpenTelemetry.dll"];
    private static readonly string[] NotByServices = [.. Never, "System.Net.Quic.dll", "Microsoft.Data.Sqlite.dll", "Polly.Core.dll", "libgssapi"];

    [Fact]
    public async Task A_service_loads_what_it_uses()
    {
        var kener = await hostings.SharedAsync(Hosting.Distributed);
        foreach (var service in (string[])["Accounts", "Incidents", "Monitors", "Status"])
            Assert.All(NotByServices, library => Assert.DoesNotContain(library, MapsOf(kener, $"Kener.{service}.dll"), StringComparison.Ordinal));
        foreach (var service in (string[])["Incidents", "Monitors"])
            Assert.DoesNotContain("StackExchange.Redis.dll", MapsOf(kener, $"Kener.{service}.dll"), StringComparison.Ordinal);
        Assert.Contains(("MALLOC_ARENA_MAX", "1"), Tree.EnvironmentOf(Tree.Find(kener.ProcessId, "Kener.Status.dll")));
        foreach (var edge in (string[])["Gateway", "Agent"])
            Assert.All(Never, library => Assert.DoesNotContain(library, MapsOf(kener, $"Kener.{edge}.dll"), StringComparison.Ordinal));
    }

    private static string MapsOf(KenerProcess kener, string program)
    {
        var maps = File.ReadAllText($"/proc/{Tree.Find(kener.ProcessId, program).Id}/maps");
        Assert.Contains(program, maps, StringComparison.Ordinal);
        return maps;
    }
}

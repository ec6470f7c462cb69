using Kener.Bench;
using Kener.Bench.Agent;
using Kener.Bench.Events;
using Kener.Bench.Ingest;
using Kener.Bench.Page;
using Kener.Bench.Site;

// Each prints what it measured, and says by its exit code whether the goals were met. The last three are what others start beside themselves.
Dictionary<string, Func<string[], Task<int>>> benchmarks = new()
{
    ["agent"] = AgentBenchmark.RunAsync, ["freshness"] = FreshnessBenchmark.RunAsync, ["growth"] = GrowthBenchmark.RunAsync,
    ["history"] = HistoryBenchmark.RunAsync, ["idle"] = IdleBenchmark.RunAsync, ["ingest"] = IngestBenchmark.RunAsync,
    ["live"] = LiveBenchmark.RunAsync, ["outbox"] = OutboxBenchmark.RunAsync, ["page"] = PageBenchmark.RunAsync, ["render"] = RenderBenchmark.RunAsync,
    [World.Name] = World.RunAsync, [PageServer.Name] = PageServer.RunAsync, [Load.Name] = Load.RunAsync,
};
if (args is [var name, .. var rest] && benchmarks.TryGetValue(name, out var run)) return await run(rest);
Console.Error.WriteLine($"Give one of: {string.Join(", ", benchmarks.Keys.SkipLast(3))}");
return 64;

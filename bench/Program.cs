using Kener.Bench;
using Kener.Bench.Agent;
using Kener.Bench.Events;
using Kener.Bench.Ingest;
using Kener.Bench.Page;
using Kener.Bench.Site;

// A benchmark a line: its name, and what it does. Each prints what it measured, and says by its exit code whether the goals were met.
Dictionary<string, Func<string[], Task<int>>> benchmarks = new()
{
    ["agent"] = AgentBenchmark.RunAsync,
    ["idle"] = IdleBenchmark.RunAsync,
    ["ingest"] = IngestBenchmark.RunAsync,
    ["freshness"] = FreshnessBenchmark.RunAsync,
    ["growth"] = GrowthBenchmark.RunAsync,
    ["history"] = HistoryBenchmark.RunAsync,
    ["live"] = LiveBenchmark.RunAsync,
    ["outbox"] = OutboxBenchmark.RunAsync,
    ["page"] = PageBenchmark.RunAsync,
    ["render"] = RenderBenchmark.RunAsync,
};
// What they start beside themselves.
Dictionary<string, Func<string[], Task<int>>> children = new()
{
    [World.Name] = World.RunAsync,
    [PageServer.Name] = PageServer.RunAsync,
    [Load.Name] = Load.RunAsync,
};
if (args is [var name, .. var rest] && (benchmarks.TryGetValue(name, out var run) || children.TryGetValue(name, out run))) return await run(rest);
Console.Error.WriteLine($"Give one of: {string.Join(", ", benchmarks.Keys)}");
return 64;

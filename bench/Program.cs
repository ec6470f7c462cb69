using Kener.Bench;
using Kener.Bench.Agent;
using Kener.Bench.Events;
using Kener.Bench.Ingest;
using Kener.Bench.Page;
using Kener.Bench.Site;

// Each benchmark prints its figures, and its exit code is 0 if its goals were met. The last four are child processes of other benchmarks.
(string Name, Func<string[], Task<int>> RunAsync)[] benchmarks =
[
    ("agent", AgentBenchmark.RunAsync), ("freshness", FreshnessBenchmark.RunAsync), ("growth", GrowthBenchmark.RunAsync),
    ("history", HistoryBenchmark.RunAsync), ("idle", IdleBenchmark.RunAsync), ("ingest", IngestBenchmark.RunAsync),
    ("live", LiveBenchmark.RunAsync), ("outbox", OutboxBenchmark.RunAsync), ("page", PageBenchmark.RunAsync), ("render", RenderBenchmark.RunAsync),
    (World.Name, World.RunAsync), (PageServer.Name, PageServer.RunAsync), (Load.Name, Load.RunAsync),
    (BareService.Name, BareService.RunAsync),
];
if (Array.Find(benchmarks, one => one.Name == args.FirstOrDefault()) is { RunAsync: { } run }) return await run(args[1..]);
Console.Error.WriteLine($"Give one of: {string.Join(", ", benchmarks.SkipLast(4).Select(one => one.Name))}");
return 64;

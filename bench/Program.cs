using Kener.Bench.Agent;

// A benchmark a line: its name, and what it does. Each prints what it measured, and says by its exit code whether the goals were met.
Dictionary<string, Func<string[], Task<int>>> benchmarks = new()
{
    ["agent"] = AgentBenchmark.RunAsync,
    [World.Name] = World.RunAsync,
};
if (args is [var name, .. var rest] && benchmarks.TryGetValue(name, out var run)) return await run(rest);
Console.Error.WriteLine($"Give one of: {string.Join(", ", benchmarks.Keys.Where(known => known != World.Name))}");
return 64;

using System.Text.Json;
using Kener.Agent.Checks;
using Kener.Agent.Planning;
using Kener.Agent.Results;
using Kener.Contracts;
using Kener.Outbound;
using Kener.Outbound.Addresses;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Kener.Agent.Tests;

internal static class Given
{
    public static JsonElement Json(object data) => JsonSerializer.SerializeToElement(data);

    public static AssignedMonitor Monitor(long id, string cron = "* * * * *", long version = 1, string? tag = null, object? data = null, string type = "API") =>
        new(id, tag ?? $"m{id}", version, type, cron, Json(data ?? new { url = "http://127.0.0.1:1/" }));

    public static CheckTypes Types(params (string Name, string Value)[] variables) => Types(new OutboundSettings(), null, variables);

    public static CheckTypes Types(OutboundSettings settings, NameLookup? lookup, params (string Name, string Value)[] variables) => new(
        new OutboundDoor(Options.Create(settings), TimeProvider.System, lookup),
        new Variables(variables.ToDictionary(variable => variable.Name, variable => variable.Value)), TimeProvider.System);

    public static Schedule Schedule() => new(Types(), NullLogger<Schedule>.Instance);

    public static CheckResult Result(long id, string? message = null) => new(id, 1_800_000_000 + (id * 60), "UP", id, "REALTIME", message);

    public static IReadOnlyList<CheckResult> Results(int first, int count) => [.. Enumerable.Range(first, count).Select(id => Result(id))];

    public static ResultBuffer Buffer(string folder, long cap = 64 << 20) => new(folder, cap, NullLogger<ResultBuffer>.Instance);

    public static string Folder() => Path.Combine(Path.GetTempPath(), "kener-agent-" + Guid.NewGuid().ToString("N"));
}

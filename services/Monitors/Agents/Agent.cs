using Kener.Contracts;
using Kener.Persistence;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>A program that checks monitors and reports what it sees. It lives as long as it asks: who only reports takes no share of the checks.</summary>
internal sealed class Agent
{
    private const int LongestName = 100, LongestTypes = 1_000;

    public required string Name { get; set; }
    /// <summary>When it last asked, Unix milliseconds.</summary>
    public long SeenMs { get; set; }
    /// <summary>The types that it knows, sorted, with commas between; empty for an agent of a build that does not say so, which knows API.</summary>
    public string Types { get; set; } = "";

    /// <summary>The name, if it is one: letters, digits, '-', '_' and '.', up to 100; refused otherwise.</summary>
    public static string CheckName(string? name) =>
        name is { Length: > 0 and <= LongestName } && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            ? name : throw Refusal.BadRequest($"agent must be a name of 1 to {LongestName} letters, digits, '-', '_' and '.'");

    /// <summary>The types in the form in which they are stored; refused where they are not names of letters, digits and '_' with commas between.</summary>
    public static string CheckTypes(string? types)
    {
        if (types is null) return "";
        if (types.Length > LongestTypes || types.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or ',')))
            throw Refusal.BadRequest($"types must be names of letters, digits and '_' with commas between, {LongestTypes} characters at most");
        return string.Join(',', types.Split(',', StringSplitOptions.RemoveEmptyEntries).Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>The types in that text as it is stored.</summary>
    public static string[] ReadTypes(string types) => types.Length == 0 ? [MonitorTypes.Api] : types.Split(',');

    /// <summary>The types that agents know which were seen in the last day or two. Before the first agent asks, that is API, which all builds know.</summary>
    public static async Task<HashSet<string>> TypesAsync(MonitorsDb db, CancellationToken cancel)
    {
        var all = await db.Agents.Select(agent => agent.Types).Distinct().ToListAsync(cancel);
        return all.DefaultIfEmpty("").SelectMany(ReadTypes).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Notes that the agent asked, and what it knows. Where that is something new, monitors of those types can now be checked.</summary>
    public static async Task SeenAsync(Changes<MonitorsDb> changes, string name, string types, long nowMs, CancellationToken cancel)
    {
        // A replica whose clock is behind changes nothing.
        var isKnown = await changes.ProjectAsync(
            $"UPDATE agents SET seen_ms = CASE WHEN seen_ms < {nowMs} THEN {nowMs} ELSE seen_ms END WHERE name = {name} AND types = {types}", cancel) > 0;
        if (isKnown) return;
        await changes.ProjectAsync(async change =>
        {
            await change.LockSetAsync(cancel);
            await change.Db.Database.ExecuteSqlAsync($"""
                INSERT INTO agents (name, seen_ms, types) VALUES ({name}, {nowMs}, {types})
                ON CONFLICT (name) DO UPDATE SET seen_ms = excluded.seen_ms, types = excluded.types
                """, cancel);
            await Obstacles.ReviewAsync(change, cancel);
        }, cancel);
    }

    /// <summary>Forgets agents that were not seen since then; monitors of types that no other knows cannot be checked any more.</summary>
    public static Task ForgetAsync(Changes<MonitorsDb> changes, long sinceMs, CancellationToken cancel) => changes.ProjectAsync(async change =>
    {
        if (!await change.Db.Agents.AnyAsync(agent => agent.SeenMs < sinceMs, cancel)) return;
        await change.LockSetAsync(cancel);
        await change.Db.Agents.Where(agent => agent.SeenMs < sinceMs).ExecuteDeleteAsync(cancel);
        await Obstacles.ReviewAsync(change, cancel);
    }, cancel);
}

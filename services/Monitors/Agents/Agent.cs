using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Monitors.Monitors;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Agents;

/// <summary>
/// A program that checks monitors and reports the results. It has a share of the checks only while it requests assignments; reporting is not enough.
/// </summary>
internal sealed class Agent
{
    private const int LongestName = 100, LongestTypes = 1_000;

    public required string Name { get; set; }
    /// <summary>When it last requested an assignment, in Unix milliseconds.</summary>
    public long SeenMs { get; set; }
    /// <summary>
    /// The types that it knows, sorted and separated by commas; empty for an agent of an earlier release that does not send them, which knows API.
    /// </summary>
    public string Types { get; set; } = "";

    /// <summary>Returns the name if it is valid, with 1 to 100 letters, digits, '-', '_' and '.'; 400 otherwise.</summary>
    public static string CheckName(string? name) =>
        name is { Length: > 0 and <= LongestName } && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            ? name : throw Refusal.BadRequest($"agent must be a name of 1 to {LongestName} letters, digits, '-', '_' and '.'");

    /// <summary>Returns the types as they are stored; 400 if they are not names of letters, digits and '_', separated by commas.</summary>
    public static string CheckTypes(string? types)
    {
        if (types is null) return "";
        if (types.Length > LongestTypes || types.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or ',')))
            throw Refusal.BadRequest($"types must be names of letters, digits and '_' with commas between, {LongestTypes} characters at most");
        return string.Join(',', types.Split(',', StringSplitOptions.RemoveEmptyEntries).Distinct().Order(StringComparer.Ordinal));
    }

    /// <summary>Returns the types in a stored text.</summary>
    public static string[] ReadTypes(string types) => types.Length == 0 ? [MonitorTypes.Api] : types.Split(',');

    /// <summary>
    /// Returns the types that agents seen within the last day or two know; API, which all releases know, before the first agent is seen.
    /// </summary>
    public static async Task<HashSet<string>> TypesAsync(MonitorsDb db, CancellationToken cancel)
    {
        var all = await db.Agents.Select(agent => agent.Types).Distinct().ToListAsync(cancel);
        return all.DefaultIfEmpty("").SelectMany(ReadTypes).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Records that the agent requested an assignment, and its types. If they have changed, reviews which monitors can be checked.</summary>
    public static async Task SeenAsync(Changes<MonitorsDb> changes, string name, string types, long nowMs, CancellationToken cancel)
    {
        // A replica whose clock is behind does not turn the time back.
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

    /// <summary>
    /// Deletes the agents that were not seen since this time; monitors of types that no other agent knows cannot be checked any more.
    /// </summary>
    public static Task ForgetAsync(Changes<MonitorsDb> changes, long sinceMs, CancellationToken cancel) => changes.ProjectAsync(async change =>
    {
        if (!await change.Db.Agents.AnyAsync(agent => agent.SeenMs < sinceMs, cancel)) return;
        await change.LockSetAsync(cancel);
        await change.Db.Agents.Where(agent => agent.SeenMs < sinceMs).ExecuteDeleteAsync(cancel);
        await Obstacles.ReviewAsync(change, cancel);
    }, cancel);
}

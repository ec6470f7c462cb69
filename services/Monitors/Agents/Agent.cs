using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>A program that checks monitors and reports what it sees. It lives as long as it asks: who only reports takes no share of the checks.</summary>
internal sealed class Agent
{
    private const int LongestName = 100;

    public required string Name { get; set; }
    /// <summary>When it last asked, Unix milliseconds.</summary>
    public long SeenMs { get; set; }

    /// <summary>The name, if it is one: letters, digits, '-', '_' and '.', up to 100; refused otherwise.</summary>
    public static string CheckName(string? name) =>
        name is { Length: > 0 and <= LongestName } && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            ? name : throw Refusal.BadRequest($"agent must be a name of 1 to {LongestName} letters, digits, '-', '_' and '.'");

    /// <summary>Notes that the agent asked; an older sight changes nothing.</summary>
    public static Task SeenAsync(MonitorsDb db, string name, long nowMs, CancellationToken cancel) => db.Database.ExecuteSqlAsync($"""
        INSERT INTO agents (name, seen_ms) VALUES ({name}, {nowMs})
        ON CONFLICT (name) DO UPDATE SET seen_ms = excluded.seen_ms WHERE agents.seen_ms < excluded.seen_ms
        """, cancel);
}

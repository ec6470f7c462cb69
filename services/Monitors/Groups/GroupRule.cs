using System.Text.Json;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>How a member of a group is doing, as far as the group asks.</summary>
internal readonly record struct MemberState(double Weight, MonitorStatus Status, double Latency);

/// <summary>What a GROUP monitor makes of its members (spec/monitors 2).</summary>
internal sealed record GroupRule(IReadOnlyList<MonitorMember> Members, TimeSpan Delay, string Latency)
{
    private const int MostMembers = 500;

    public static GroupRule Of(string? typeData)
    {
        var data = MonitorFields.Parse(typeData ?? "{}");
        var delay = Math.Clamp(MonitorFields.NumberOr(data, "executionDelay", 1_000), 1_000, 50_000);
        var latency = data.TryGetProperty("latencyCalculation", out var word) && word.ValueKind == JsonValueKind.String ? word.GetString()! : "AVG";
        return new GroupRule(MembersOf(data), TimeSpan.FromMilliseconds(delay), latency);
    }

    /// <summary>
    /// The group from its members' present states: UP counts 1, DEGRADED a half, DOWN nothing, MAINTENANCE as UP, by weight. Members of which
    /// nothing is known are left out; where nothing is known of any, nothing is known of the group.
    /// </summary>
    public Observation Judge(long group, long minute, IEnumerable<MemberState> members)
    {
        var known = members.Where(member => member.Status != MonitorStatus.NoData).ToList();
        var total = known.Sum(member => member.Weight);
        if (known.Count == 0) return new Observation(group, minute, MonitorStatus.NoData, 0, ResultType.Realtime, null);
        // Weights of nothing at all: all count the same.
        var score = known.Sum(member => (total > 0 ? member.Weight / total : 1d / known.Count) * Worth(member.Status));
        var status = score >= 1 - 1e-9 ? MonitorStatus.Up : score > 1e-9 ? MonitorStatus.Degraded : MonitorStatus.Down;
        var latency = Latency switch
        {
            "MAX" => known.Max(member => member.Latency),
            "MIN" => known.Min(member => member.Latency),
            _ => known.Average(member => member.Latency),
        };
        return new Observation(group, minute, status, Math.Round(latency, 2), ResultType.Realtime, null);
    }

    /// <summary>Refuses a group of what is not there, of groups, of itself, and a member that becomes a group. The set of monitors is locked.</summary>
    public static async Task CheckAsync(MonitorsDb db, Monitor monitor, CancellationToken cancel)
    {
        if (monitor.Type != MonitorTypes.Group) return;
        var members = CheckedMembers(MonitorFields.Parse(monitor.TypeData ?? "{}"));
        var known = await db.Monitors.Where(row => members.Contains(row.Tag)).Select(row => new { row.Tag, row.Type }).ToListAsync(cancel);
        foreach (var tag in members)
        {
            if (tag == monitor.Tag) throw Refusal.BadRequest("A group can not be a member of itself");
            var member = known.Find(row => row.Tag == tag) ?? throw Refusal.BadRequest($"Monitor with tag '{tag}' not found");
            if (member.Type == MonitorTypes.Group) throw Refusal.BadRequest($"Monitor '{tag}' is a group, and groups do not contain groups");
        }
        var above = await WithAsync(db, monitor.Tag, cancel);
        if (above.Count > 0) throw Refusal.BadRequest($"This monitor is a member of the group '{above[0].Tag}', and groups do not contain groups");
    }

    /// <summary>The groups that have that member.</summary>
    public static async Task<List<Monitor>> WithAsync(MonitorsDb db, string tag, CancellationToken cancel)
    {
        var groups = await db.Monitors.AsNoTracking().Where(row => row.Type == MonitorTypes.Group).OrderBy(row => row.Id).ToListAsync(cancel);
        return groups.FindAll(group => Of(group.TypeData).Members.Any(member => member.Tag == tag));
    }

    /// <summary>The type data without that member: the others weigh the same, to three decimals, the last takes what is left.</summary>
    public static (string? TypeData, int Left) Without(string? typeData, string tag)
    {
        var left = Of(typeData).Members.Where(member => member.Tag != tag).Select(member => member.Tag).ToList();
        var equal = left.Count == 0 ? 0m : Math.Floor(1_000m / left.Count) / 1_000m;
        var members = left.Select((member, i) => new { tag = member, weight = i < left.Count - 1 ? equal : 1m - (equal * (left.Count - 1)) });
        return (MonitorFields.Merged(typeData, JsonSerializer.SerializeToElement(new { monitors = members }), "type_data"), left.Count);
    }

    private static double Worth(MonitorStatus status) => status switch
    {
        MonitorStatus.Down => 0,
        MonitorStatus.Degraded => 0.5,
        _ => 1,
    };

    private static List<MonitorMember> MembersOf(JsonElement data)
    {
        if (!data.TryGetProperty("monitors", out var list) || list.ValueKind != JsonValueKind.Array) return [];
        return [.. list.EnumerateArray().Where(member => member.ValueKind == JsonValueKind.Object && member.TryGetProperty("tag", out var tag) && tag.ValueKind == JsonValueKind.String)
            .Select(member => new MonitorMember(member.GetProperty("tag").GetString()!, Math.Max(0, MonitorFields.NumberOr(member, "weight", 1))))];
    }

    private static List<string> CheckedMembers(JsonElement data)
    {
        const string Shape = "type_data.monitors must be an array of { tag, weight }";
        if (data.Given("monitors") is not { } list) return [];
        if (list.ValueKind != JsonValueKind.Array) throw Refusal.BadRequest(Shape);
        if (list.GetArrayLength() > MostMembers) throw Refusal.BadRequest($"A group has at most {MostMembers} members");
        var tags = new List<string>();
        foreach (var member in list.EnumerateArray())
        {
            if (member.ValueKind != JsonValueKind.Object || member.Given("tag") is not { } given) throw Refusal.BadRequest(Shape);
            var tag = given.Text(Shape, longest: 255);
            if (member.Given("weight") is { } weight && weight.Number("weight must be a number from 0 on") < 0) throw Refusal.BadRequest("weight must be a number from 0 on");
            if (tags.Contains(tag)) throw Refusal.BadRequest($"Monitor '{tag}' is a member twice");
            tags.Add(tag);
        }
        return tags;
    }
}

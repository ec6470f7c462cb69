using System.Text.Json;
using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Monitors.Monitors;
using Kener.Monitors.Results;
using Kener.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Groups;

/// <summary>The state of a group's member, as far as the group needs it.</summary>
internal readonly record struct MemberState(double Weight, MonitorStatus Status, double Latency);

/// <summary>Judges a GROUP monitor by its members (Behavior: GRP-1 to GRP-3).</summary>
internal sealed record GroupRule(IReadOnlyList<MonitorMember> Members, TimeSpan Delay, string Latency)
{
    // With a longer delay there would be no time left in the minute that is judged.
    private const int LongestDelay = 50_000;

    public static GroupRule Of(string? typeData)
    {
        var data = MonitorFields.Parse(typeData ?? "{}");
        var delay = Math.Min(GroupType.ExecutionDelay.ReadOrDefault(data), LongestDelay);
        List<MonitorMember> members = [.. GroupType.Monitors.ReadOrDefault(data).Where(member => GroupType.MemberTag.Read(member).Length > 0)
            .Select(member => new MonitorMember(GroupType.MemberTag.Read(member), GroupType.MemberWeight.Read(member)))];
        return new GroupRule(members, TimeSpan.FromMilliseconds(delay), GroupType.LatencyCalculation.ReadOrDefault(data));
    }

    /// <summary>
    /// Returns the group's observation by its members' present states, weighted: UP and MAINTENANCE count 1, DEGRADED 0.5, DOWN 0. Members without
    /// data are left out; with none left the group is NO_DATA.
    /// </summary>
    public Observation Judge(long group, long minute, IEnumerable<MemberState> members)
    {
        var known = members.Where(member => member.Status != MonitorStatus.NoData).ToList();
        var total = known.Sum(member => member.Weight);
        if (known.Count == 0) return new Observation(group, minute, MonitorStatus.NoData, 0, ResultType.Realtime, null);
        // If all weights are 0, all members weigh the same.
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

    /// <summary>
    /// Refuses a group with unknown members, groups or itself as members, and a member that becomes a group. The set of monitors must be locked.
    /// </summary>
    public static async Task CheckAsync(MonitorsDb db, Monitor monitor, CancellationToken cancel)
    {
        if (monitor.Type != MonitorTypes.Group) return;
        var members = CheckedMembers(monitor);
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

    /// <summary>Returns the groups that have this member.</summary>
    public static async Task<List<Monitor>> WithAsync(MonitorsDb db, string tag, CancellationToken cancel)
    {
        var groups = await db.Monitors.AsNoTracking().Where(row => row.Type == MonitorTypes.Group).OrderBy(row => row.Id).ToListAsync(cancel);
        return groups.FindAll(group => Of(group.TypeData).Members.Any(member => member.Tag == tag));
    }

    /// <summary>Returns the type data without this member, and the number of the others, which get equal weights (Behavior: GRP-6).</summary>
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

    private static List<string> CheckedMembers(Monitor monitor)
    {
        if (monitor.Kind.Missing(monitor.Data) is { } missing && missing != GroupType.Monitors.Name) throw Refusal.BadRequest($"type_data.{missing}: is missing");
        List<string> tags = [.. Of(monitor.TypeData).Members.Select(member => member.Tag)];
        var twice = tags.GroupBy(tag => tag).FirstOrDefault(same => same.Count() > 1)?.Key;
        return twice is null ? tags : throw Refusal.BadRequest($"Monitor '{twice}' is a member twice");
    }
}

using System.Text.Json;
using Kener.Contracts;
using Kener.ServiceDefaults;

namespace Kener.Incidents;

/// <summary>The fields of an incident as clients send them, with API v4's words for what is wrong with them.</summary>
internal static class IncidentFields
{
    public static string Title(JsonElement? value)
    {
        const string Message = "Title is required and must be a non-empty string";
        var title = (value ?? throw Refusal.BadRequest(Message)).Text(Message).Trim();
        if (title.Length == 0) throw Refusal.BadRequest(Message);
        if (title.Length > Incident.LongestTitle) throw Refusal.BadRequest($"Title must not be longer than {Incident.LongestTitle} characters");
        return title;
    }

    public static long Start(JsonElement value) => Minute(value, "start_date_time");

    public static long? End(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : Minute(value, "end_date_time");

    public static bool IsGlobal(JsonElement value)
    {
        const string Message = "is_global must be one of: YES, NO";
        return value.Text(Message) switch
        {
            "YES" => true,
            "NO" => false,
            _ => throw Refusal.BadRequest(Message),
        };
    }

    public static IReadOnlyList<WantedMonitor> Monitors(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) throw Refusal.BadRequest("monitors must be an array");
        var wanted = new OrderedDictionary<string, WantedMonitor>();
        foreach (var item in value.EnumerateArray())
        {
            var monitor = Monitor(item);
            wanted[monitor.Tag] = monitor;
        }
        return [.. wanted.Values];
    }

    private static WantedMonitor Monitor(JsonElement item)
    {
        const string Message = "Each monitor must have a valid monitor_tag";
        if (item.ValueKind != JsonValueKind.Object || !item.Has("monitor_tag", out var given)) throw Refusal.BadRequest(Message);
        var tag = given.Text(Message);
        if (string.IsNullOrWhiteSpace(tag)) throw Refusal.BadRequest(Message);
        return new WantedMonitor(tag, item.Given("impact") is { } impact ? Impact(impact) : MonitorStatus.Down);
    }

    private static MonitorStatus Impact(JsonElement value)
    {
        const string Message = "impact must be one of: UP, DOWN, DEGRADED, MAINTENANCE";
        return Words.ToStatus(value.Text(Message)) is { } impact and not MonitorStatus.NoData
            ? impact : throw Refusal.BadRequest(Message);
    }

    private static long Minute(JsonElement value, string field) =>
        Minutes.Floor(value.Seconds($"{field} must be a valid timestamp (UTC seconds)"));
}

/// <summary>A monitor that a client names, and the impact on it.</summary>
internal sealed record WantedMonitor(string Tag, MonitorStatus Impact);

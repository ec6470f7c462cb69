using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Kener.Contracts;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Json;

namespace Kener.Incidents.Incidents;

/// <summary>What a client sends to create or change an incident. Invalid values are refused with API v4's error texts.</summary>
internal sealed record IncidentInput
{
    private const string TitleRequired = "Title is required and must be a non-empty string";

    /// <summary>Plain text, up to 255 characters. Required for a new incident.</summary>
    public Optional<string> Title { get; init; }
    /// <summary>The first second of the incident, in Unix seconds; rounded down to the minute. Required for a new incident.</summary>
    public Optional<long> StartDateTime { get; init; }
    /// <summary>The first second after the incident, in Unix seconds; rounded down to the minute. Null while the incident is open.</summary>
    public Optional<long?> EndDateTime { get; init; }
    /// <summary>Whether the incident is shown on every page; YES for a new incident without it.</summary>
    [AllowedValues("YES", "NO")]
    public Optional<string> IsGlobal { get; init; }
    /// <summary>The monitors that the incident affects, in order; they replace the previous ones.</summary>
    public Optional<IReadOnlyList<AffectedMonitorInput>> Monitors { get; init; }

    public static IncidentInput Read(InputBody body)
    {
        if (!body.IsNew && body.Has(nameof(Incident.State))) throw Refusal.BadRequest("state can not be set here; post a comment with the new state");
        return new IncidentInput
        {
            Title = body.ReadRequired(nameof(Title), TitleRequired, ReadTitle),
            StartDateTime = body.ReadRequired(nameof(StartDateTime), "start_date_time is required", value => GetMinute(value, "start_date_time")),
            EndDateTime = body.Read(nameof(EndDateTime), value => value.ValueKind == JsonValueKind.Null ? (long?)null : GetMinute(value, "end_date_time")),
            IsGlobal = body.Read(nameof(IsGlobal), value => value.OneOf("is_global", "YES", "NO")),
            Monitors = body.Read(nameof(Monitors), AffectedMonitorInput.ReadAll),
        };
    }

    private static string ReadTitle(JsonElement value)
    {
        var title = value.Text(TitleRequired).Trim();
        if (title.Length == 0) throw Refusal.BadRequest(TitleRequired);
        return title.Length <= Incident.LongestTitle ? title : throw Refusal.BadRequest($"Title must not be longer than {Incident.LongestTitle} characters");
    }

    private static long GetMinute(JsonElement value, string field) => Minutes.Floor(value.Seconds($"{field} must be a valid timestamp (UTC seconds)"));
}

/// <summary>A monitor that an incident affects, as a client sends it.</summary>
/// <param name="MonitorTag">The monitor's tag.</param>
/// <param name="Impact">UP, DOWN, DEGRADED or MAINTENANCE; DOWN if it is missing or null.</param>
internal sealed record AffectedMonitorInput(
    [property: Required] string MonitorTag, [property: AllowedValues("UP", "DOWN", "DEGRADED", "MAINTENANCE")] MonitorStatus Impact)
{
    public static IReadOnlyList<AffectedMonitorInput> ReadAll(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array) throw Refusal.BadRequest("monitors must be an array");
        var wanted = new OrderedDictionary<string, AffectedMonitorInput>();
        foreach (var item in value.EnumerateArray())
        {
            var monitor = Read(item);
            wanted[monitor.MonitorTag] = monitor;
        }
        return [.. wanted.Values];
    }

    private static AffectedMonitorInput Read(JsonElement item)
    {
        const string Message = "Each monitor must have a valid monitor_tag";
        if (item.ValueKind != JsonValueKind.Object || !item.Has("monitor_tag", out var given)) throw Refusal.BadRequest(Message);
        var tag = given.Text(Message);
        if (string.IsNullOrWhiteSpace(tag)) throw Refusal.BadRequest(Message);
        return new AffectedMonitorInput(tag, item.Given("impact") is { } impact ? ReadImpact(impact) : MonitorStatus.Down);
    }

    private static MonitorStatus ReadImpact(JsonElement value)
    {
        const string Message = "impact must be one of: UP, DOWN, DEGRADED, MAINTENANCE";
        return ApiWords.ToStatus(value.Text(Message)) is { } impact and not MonitorStatus.NoData
            ? impact : throw Refusal.BadRequest(Message);
    }
}

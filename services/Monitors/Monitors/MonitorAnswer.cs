using System.Text.Json;
using Kener.Persistence;

namespace Kener.Monitors;

/// <summary>A monitor as API v4 shows it.</summary>
internal sealed record MonitorAnswer(
    long Id, string Tag, string Name, string? Description, string? Image, string? Cron, string? DefaultStatus, string Status,
    string? CategoryName, string MonitorType, string? DownTrigger, string? DegradedTrigger, JsonElement TypeData,
    int? DayDegradedMinimumCount, int? DayDownMinimumCount, string IncludeDegradedInDowntime, string IsHidden,
    JsonElement MonitorSettingsJson, string? ExternalUrl, int ConfirmationThreshold, string CreatedAt, string UpdatedAt)
{
    public static MonitorAnswer Of(Monitor monitor) => new(
        monitor.Id, monitor.Tag, monitor.Name, monitor.Description, monitor.Image, monitor.Cron, monitor.DefaultStatus,
        monitor.IsActive ? "ACTIVE" : "INACTIVE", monitor.CategoryName, monitor.Type,
        // The triggers and the day counts are left over from v3: API v4 shows them and nothing can set them.
        DownTrigger: null, DegradedTrigger: null, MonitorFields.Parse(monitor.TypeData ?? "{}"),
        DayDegradedMinimumCount: null, DayDownMinimumCount: null, YesNo(monitor.IncludeDegradedInDowntime), YesNo(monitor.IsHidden),
        MonitorFields.Parse(monitor.Settings ?? MonitorFields.DefaultSettings), monitor.ExternalUrl, monitor.ConfirmationThreshold,
        ApiAnswer.Iso(monitor.CreatedMs), ApiAnswer.Iso(monitor.UpdatedMs));

    private static string YesNo(bool yes) => yes ? "YES" : "NO";
}

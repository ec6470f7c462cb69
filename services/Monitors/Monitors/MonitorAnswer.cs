using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kener.Contracts;
using Kener.Persistence;
using Kener.ServiceDefaults;

namespace Kener.Monitors;

/// <summary>
/// A monitor as API v4 returns it. <paramref name="NoDataReason"/> is our addition, and present only if the monitor cannot be checked.
/// </summary>
internal sealed record MonitorAnswer(
    long Id, string Tag, string Name, string? Description, string? Image, string? Cron, string? DefaultStatus, string Status,
    string? CategoryName, string MonitorType, string? DownTrigger, string? DegradedTrigger, JsonElement TypeData,
    int? DayDegradedMinimumCount, int? DayDownMinimumCount, string IncludeDegradedInDowntime, string IsHidden,
    JsonElement MonitorSettingsJson, string? ExternalUrl, int ConfirmationThreshold, string CreatedAt, string UpdatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NoDataReason)
{
    /// <summary>Returns the monitor for this caller; secrets are masked without the permission to change monitors (Behavior: CHK-12).</summary>
    public static MonitorAnswer Of(Monitor monitor, ClaimsPrincipal user) => new(
        monitor.Id, monitor.Tag, monitor.Name, monitor.Description, monitor.Image, monitor.Cron, monitor.DefaultStatus,
        monitor.IsActive ? "ACTIVE" : "INACTIVE", monitor.CategoryName, monitor.Type,
        // The triggers and the day counts are left over from v3: API v4 returns them, and nothing can set them (Behavior: API-15).
        DownTrigger: null, DegradedTrigger: null, user.Holds(Permissions.MonitorsWrite) ? monitor.Data : TypeSecrets.Masked(monitor.Data),
        DayDegradedMinimumCount: null, DayDownMinimumCount: null, YesNo(monitor.IncludeDegradedInDowntime), YesNo(monitor.IsHidden),
        MonitorFields.Parse(monitor.Settings ?? MonitorFields.DefaultSettings), monitor.ExternalUrl, monitor.ConfirmationThreshold,
        ApiAnswer.Iso(monitor.CreatedMs), ApiAnswer.Iso(monitor.UpdatedMs),
        monitor.IsActive ? monitor.NoDataReason : null);

    private static string YesNo(bool yes) => yes ? "YES" : "NO";
}

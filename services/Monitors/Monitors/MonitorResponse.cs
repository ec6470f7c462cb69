using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Kener.Contracts;
using Kener.Persistence;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.OpenApi;

namespace Kener.Monitors.Monitors;

/// <summary>
/// A monitor as API v4 returns it. <paramref name="NoDataReason"/> is our addition, and present only if the monitor cannot be checked.
/// </summary>
internal sealed record MonitorResponse(
    long Id, string Tag, string Name,
    [property: Description("Markdown.")] string? Description, string? Image,
    [property: Description("When it is checked; null: never.")] string? Cron,
    [property: AllowedValues("UP", "DOWN", "DEGRADED", "MAINTENANCE", "NO_DATA", "NONE", null)] string? DefaultStatus,
    [property: AllowedValues("ACTIVE", "INACTIVE")] string Status,
    string? CategoryName, string MonitorType,
    [property: Description("Always null.")] string? DownTrigger, [property: Description("Always null.")] string? DegradedTrigger,
    [property: Description("Settings of its type. Secrets are masked for callers without the permission monitors.write."), Shape(typeof(Dictionary<string, object>))] JsonElement TypeData,
    [property: Description("Always null.")] int? DayDegradedMinimumCount, [property: Description("Always null.")] int? DayDownMinimumCount,
    [property: AllowedValues("YES", "NO")] string IncludeDegradedInDowntime, [property: AllowedValues("YES", "NO")] string IsHidden,
    [property: Shape(typeof(Dictionary<string, object>))] JsonElement MonitorSettingsJson, string? ExternalUrl,
    [property: Description("Number of equal results in a row that change its status.")] int ConfirmationThreshold, string CreatedAt, string UpdatedAt,
    [property: Description("Why it cannot be checked; missing if it can."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NoDataReason)
{
    /// <summary>Returns the monitor for this caller; secrets are masked without the permission to change monitors (Behavior: CHK-12).</summary>
    public static MonitorResponse Of(Monitor monitor, ClaimsPrincipal user) => new(
        monitor.Id, monitor.Tag, monitor.Name, monitor.Description, monitor.Image, monitor.Cron, monitor.DefaultStatus,
        monitor.IsActive ? "ACTIVE" : "INACTIVE", monitor.CategoryName, monitor.Type,
        // The triggers and the day counts are left over from v3: API v4 returns them, and nothing can set them (Behavior: API-15).
        DownTrigger: null, DegradedTrigger: null, user.Holds(Permissions.MonitorsWrite) ? monitor.Data : TypeSecrets.Masked(monitor.Data),
        DayDegradedMinimumCount: null, DayDownMinimumCount: null, YesNo(monitor.IncludeDegradedInDowntime), YesNo(monitor.IsHidden),
        MonitorFields.Parse(monitor.Settings ?? MonitorFields.DefaultSettings), monitor.ExternalUrl, monitor.ConfirmationThreshold,
        ApiResponse.Iso(monitor.CreatedMs), ApiResponse.Iso(monitor.UpdatedMs),
        monitor.IsActive ? monitor.NoDataReason : null);

    private static string YesNo(bool yes) => yes ? "YES" : "NO";
}

/// <summary>The response with a list of monitors.</summary>
internal sealed record MonitorList(IEnumerable<MonitorResponse> Monitors);

/// <summary>The response with one monitor.</summary>
internal sealed record OneMonitor(MonitorResponse Monitor);

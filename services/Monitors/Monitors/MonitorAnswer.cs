using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

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
        Iso(monitor.CreatedMs), Iso(monitor.UpdatedMs));

    private static string YesNo(bool yes) => yes ? "YES" : "NO";

    private static string Iso(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}

/// <summary>Answers in API v4's spelling.</summary>
internal static class V4
{
    private static readonly JsonSerializerOptions Spelling = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IResult Json(object answer, int status = StatusCodes.Status200OK) => Results.Json(answer, Spelling, statusCode: status);
}

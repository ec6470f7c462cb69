using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Kener.Contracts;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Json;

namespace Kener.Monitors.Monitors;

/// <summary>What a client sends to create or change a monitor. Invalid values are refused with API v4's error texts.</summary>
internal sealed record MonitorInput
{
    private const int LongestWord = 255, LongestText = 65_536;
    private const string TagRequired = "Tag is required and must be a non-empty string", NameRequired = "Name is required and must be a non-empty string";

    /// <summary>Lower-case letters, digits, '-' and '_'. Required for a new monitor; it never changes.</summary>
    public Optional<string> Tag { get; init; }
    /// <summary>Plain text, up to 255 characters. Required for a new monitor.</summary>
    public Optional<string> Name { get; init; }
    /// <summary>Plain text; null for none.</summary>
    public Optional<string?> Description { get; init; }
    /// <summary>Address of a picture; null for none.</summary>
    public Optional<string?> Image { get; init; }
    /// <summary>Address of a page about what is monitored; null for none.</summary>
    public Optional<string?> ExternalUrl { get; init; }
    /// <summary>Up to 255 characters; null for none.</summary>
    public Optional<string?> CategoryName { get; init; }
    /// <summary>Cron expression of 5 or 6 fields; null or empty if nothing checks the monitor.</summary>
    public Optional<string?> Cron { get; init; }
    /// <summary>The status of a check that ends without a verdict; null, empty or NONE for none. UP for a new monitor without it.</summary>
    [AllowedValues("UP", "DOWN", "DEGRADED", "MAINTENANCE", "NO_DATA", "NONE")]
    public Optional<string?> DefaultStatus { get; init; }
    /// <summary>Whether the monitor is checked and shown; ACTIVE for a new monitor without it.</summary>
    [AllowedValues("ACTIVE", "INACTIVE")]
    public Optional<string> Status { get; init; }
    /// <summary>Whether pages hide the monitor; NO for a new monitor without it.</summary>
    [AllowedValues("YES", "NO")]
    public Optional<string> IsHidden { get; init; }
    /// <summary>Stored and returned, without any effect (Behavior: API-15); NO for a new monitor without it.</summary>
    [AllowedValues("YES", "NO")]
    public Optional<string> IncludeDegradedInDowntime { get; init; }
    /// <summary>The monitor's type; API for a new monitor without it.</summary>
    public Optional<string> MonitorType { get; init; }
    /// <summary>How many results in a row confirm a change of side, 1 to 60; null for 1 (Behavior: CON-1).</summary>
    public Optional<int> ConfirmationThreshold { get; init; }
    /// <summary>Object with the fields of the type; merged into the previous one, null clears it (Behavior: CHK-9).</summary>
    public Optional<JsonElement> TypeData { get; init; }
    /// <summary>Object with further settings; merged into the previous one, null clears it (Behavior: CHK-9).</summary>
    public Optional<JsonElement> MonitorSettingsJson { get; init; }

    /// <param name="body">The body of the request.</param>
    /// <param name="known">The tag of the monitor to change; null for a new one.</param>
    public static MonitorInput Read(InputBody body, string? known) => new()
    {
        Tag = known is null ? body.ReadRequired(nameof(Tag), TagRequired, ReadTag) : body.Read(nameof(Tag), value => ReadKnown(value, known)),
        Name = body.ReadRequired(nameof(Name), NameRequired, value => ReadName(value, body.IsNew ? NameRequired : "Name must be a non-empty string")),
        Description = body.Read(nameof(Description), value => value.TextOrNull("description", LongestText)),
        Image = body.Read(nameof(Image), value => value.TextOrNull("image", LongestText)),
        ExternalUrl = body.Read(nameof(ExternalUrl), value => value.TextOrNull("external_url", LongestText)),
        CategoryName = body.Read(nameof(CategoryName), value => value.TextOrNull("category_name", LongestWord)),
        Cron = body.Read(nameof(Cron), ReadCron),
        DefaultStatus = body.IsNew ? body.ReadUnlessNull(nameof(DefaultStatus), ReadDefault) : body.Read(nameof(DefaultStatus), ReadDefault),
        Status = body.ReadUnlessNull(nameof(Status), value => value.OneOf("status", "ACTIVE", "INACTIVE")),
        IsHidden = body.ReadUnlessNull(nameof(IsHidden), value => value.OneOf("is_hidden", "YES", "NO")),
        IncludeDegradedInDowntime = body.ReadUnlessNull(nameof(IncludeDegradedInDowntime), value => value.OneOf("include_degraded_in_downtime", "YES", "NO")),
        MonitorType = body.ReadUnlessNull(nameof(MonitorType), value => value.OneOf("monitor_type", MonitorTypes.All)),
        ConfirmationThreshold = body.Read(nameof(ConfirmationThreshold), ReadThreshold),
        TypeData = body.Read(nameof(TypeData), value => value),
        MonitorSettingsJson = body.Read(nameof(MonitorSettingsJson), value => value),
    };

    private static string ReadTag(JsonElement value)
    {
        var tag = value.Text(TagRequired, LongestWord).Trim();
        if (tag.Length == 0) throw Refusal.BadRequest(TagRequired);
        return MonitorFields.IsTag(tag) ? tag : throw Refusal.BadRequest("Tag must be URL-friendly: only lowercase letters, numbers, hyphens, and underscores. "
            + "Must start and end with a letter or number.");
    }

    /// <summary>
    /// Accepts only the monitor's own tag, which a client may send back as it read it. A tag never changes: other systems and bookmarks use it.
    /// </summary>
    private static string ReadKnown(JsonElement value, string known) =>
        value.ValueKind == JsonValueKind.String && value.Text("") == known ? known : throw Refusal.BadRequest("tag can not be changed");

    private static string ReadName(JsonElement value, string message)
    {
        var name = value.Text(message, LongestWord).Trim();
        return name.Length > 0 ? name : throw Refusal.BadRequest(message);
    }

    private static string? ReadCron(JsonElement value)
    {
        const string Message = "cron must be a cron expression of 5 or 6 fields";
        if (value.ValueKind == JsonValueKind.Null) return null;
        var cron = value.Text(Message, LongestWord).Trim();
        if (cron.Length == 0) return null;
        return CronSchedule.IsValid(cron) ? cron : throw Refusal.BadRequest(Message);
    }

    private static string? ReadDefault(JsonElement value) =>
        value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.String && value.ValueEquals("")) ? null
            : value.OneOf("default_status", "UP", "DOWN", "DEGRADED", "MAINTENANCE", "NO_DATA", "NONE");

    private static int ReadThreshold(JsonElement value)
    {
        const string Message = "confirmation_threshold must be an integer between 1 and 60";
        if (value.ValueKind == JsonValueKind.Null) return 1;
        var number = value.Number(Message);
        return number is >= 1 and <= 60 && double.IsInteger(number) ? (int)number : throw Refusal.BadRequest(Message);
    }
}

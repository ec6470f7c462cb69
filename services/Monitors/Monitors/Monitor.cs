using System.Text.Json;
using Kener.Contracts;
using Kener.Persistence;
using Kener.ServiceDefaults;

namespace Kener.Monitors;

/// <summary>What is watched, and how. Its rules are here; its results lie beside it.</summary>
internal sealed class Monitor : IAggregate
{
    public long Id { get; set; }
    public long Version { get; set; } = 1;
    public required string Tag { get; set; }
    public required string Name { get; set; }
    public string? Description { get; set; }
    public string? Image { get; set; }
    public string? Cron { get; set; }
    /// <summary>As the client sent it; <see cref="Default"/> is what it means.</summary>
    public string? DefaultStatus { get; set; } = "UP";
    public bool IsActive { get; set; } = true;
    public string? CategoryName { get; set; }
    public string Type { get; set; } = MonitorTypes.Api;
    /// <summary>JSON object of what the type needs. Holds secrets: never in an event, the audit or a log.</summary>
    public string? TypeData { get; set; }
    /// <summary>Why it cannot be checked; null where it can be, or where nothing is to check it.</summary>
    public CheckObstacle? Obstacle { get; set; }
    public bool IncludeDegradedInDowntime { get; set; }
    public bool IsHidden { get; set; }
    /// <summary>The monitor_settings_json, a JSON object; null shows the default formulas.</summary>
    public string? Settings { get; set; }
    public string? ExternalUrl { get; set; }
    /// <summary>From the settings: for how many days results are kept; null for the installation's own number.</summary>
    public int? RetentionDays { get; set; }
    public int ConfirmationThreshold { get; set; } = 1;
    public long CreatedMs { get; set; }
    public long UpdatedMs { get; set; }

    /// <summary>A monitor from what a client posted; what is missing or null gets its default.</summary>
    public static Monitor Create(JsonElement body, long nowMs)
    {
        var monitor = new Monitor
        {
            Tag = MonitorFields.Tag(body.Given("tag")),
            Name = MonitorFields.Name(body.Given("name"), "Name is required and must be a non-empty string"),
            CreatedMs = nowMs,
            UpdatedMs = nowMs,
        };
        monitor.Take(body, settingsBefore: null);
        if (body.Given("default_status") is null) monitor.DefaultStatus = "UP";
        return monitor;
    }

    /// <summary>Changes what the client sent and leaves the rest; null clears what may be empty.</summary>
    public void Edit(JsonElement body, long nowMs)
    {
        // A tag is for ever: other systems and bookmarks hold it. Sending a monitor back as it was read is no change of it.
        if (body.Has("tag", out var tag) && !(tag.ValueKind == JsonValueKind.String && tag.Text("") == Tag))
            throw Refusal.BadRequest("tag can not be changed");
        if (body.Has("name", out var name)) Name = MonitorFields.Name(name, "Name must be a non-empty string");
        Take(body, settingsBefore: Settings ?? MonitorFields.DefaultSettings);
        UpdatedMs = nowMs;
    }

    private void Take(JsonElement body, string? settingsBefore)
    {
        if (body.Has("description", out var description)) Description = MonitorFields.TextOrNull(description, "description");
        if (body.Has("image", out var image)) Image = MonitorFields.TextOrNull(image, "image");
        if (body.Has("external_url", out var url)) ExternalUrl = MonitorFields.TextOrNull(url, "external_url");
        if (body.Has("category_name", out var category)) CategoryName = MonitorFields.TextOrNull(category, "category_name", longest: 255);
        if (body.Has("cron", out var cron)) Cron = MonitorFields.Cron(cron);
        if (body.Has("default_status", out var byDefault)) DefaultStatus = MonitorFields.DefaultStatus(byDefault);
        if (body.Given("status") is { } status) IsActive = MonitorFields.OneOf(status, "status", "ACTIVE", "INACTIVE") == "ACTIVE";
        if (body.Given("is_hidden") is { } hidden) IsHidden = MonitorFields.OneOf(hidden, "is_hidden", "YES", "NO") == "YES";
        if (body.Given("include_degraded_in_downtime") is { } include)
            IncludeDegradedInDowntime = MonitorFields.OneOf(include, "include_degraded_in_downtime", "YES", "NO") == "YES";
        var typeBefore = Type;
        if (body.Given("monitor_type") is { } type) Type = MonitorFields.OneOf(type, "monitor_type", MonitorTypes.All);
        if (body.Has("confirmation_threshold", out var threshold)) ConfirmationThreshold = MonitorFields.Threshold(threshold);
        if (body.Has("type_data", out var data) || Type != typeBefore) TypeData = MonitorFields.TypeData(Kind, TypeData, data, isNewType: Type != typeBefore);
        if (body.Has("monitor_settings_json", out var settings)) Settings = MonitorFields.Merged(settingsBefore, settings, "monitor_settings_json");
        RetentionDays = MonitorFields.RetentionDays(Settings);
        if (Type == MonitorTypes.Heartbeat) TypeData = HeartbeatRule.WithSecret(TypeData);
    }

    /// <summary>Its type.</summary>
    public MonitorType Kind => MonitorTypes.Find(Type)!;

    /// <summary>What its type needs, as JSON.</summary>
    public JsonElement Data => MonitorFields.Parse(TypeData ?? "{}");

    /// <summary>Why it cannot be checked, when agents know those types; null where it can be, or where nothing is to check it.</summary>
    public CheckObstacle? FindObstacle(IReadOnlySet<string> ofAgents)
    {
        if (Cron is not null && Kind.Missing(Data) is not null) return CheckObstacle.FieldMissing;
        return Kind.CheckedBy == CheckedBy.Agents && !ofAgents.Contains(Type) ? CheckObstacle.NoAgent : null;
    }

    /// <summary>What its obstacle means, for the operator; null where there is none.</summary>
    public string? NoDataReason => Obstacle switch
    {
        CheckObstacle.FieldMissing => $"The monitor is not checked: type_data.{Kind.Missing(Data)} is missing",
        CheckObstacle.NoAgent => $"The monitor is not checked: no agent knows the type {Type}",
        _ => null,
    };

    /// <summary>
    /// What counts where a check yields nothing; null where no default applies. A heartbeat that was never called and a group of which
    /// nothing is known are without data, whatever the default.
    /// </summary>
    public MonitorStatus? Default => IsActive && Cron is not null && !MonitorTypes.OfClock.Contains(Type) && DefaultStatus is "UP" or "DOWN" or "DEGRADED" ? Words.ToStatus(DefaultStatus) : null;

    /// <summary>Longest distance between two of its checks; 0 where nothing checks it.</summary>
    public int PeriodSeconds => Type == MonitorTypes.None || Cron is null ? 0 : Schedule.PeriodSeconds(Cron);

    /// <summary>What an agent has to know to check it.</summary>
    public AssignedMonitor ToAssigned() => new(Id, Tag, Version, Type, Cron!, Data);

    /// <summary>What others may know of it: no type_data.</summary>
    public MonitorChanged ToEvent() => new()
    {
        Id = Id,
        Version = Version,
        Tag = Tag,
        Name = Name,
        Description = Description,
        Image = Image,
        // Pages make a link of it, so what no browser should follow does not leave the service.
        ExternalUrl = MonitorFields.IsWebAddress(ExternalUrl) ? ExternalUrl : null,
        Category = CategoryName,
        Active = IsActive,
        Hidden = IsHidden,
        Type = Type,
        DefaultStatus = Default,
        PeriodSeconds = PeriodSeconds,
        Obstacle = Obstacle,
        CarriesForward = Type == MonitorTypes.None && NoneType.OverrideWithLastKnownStatus.ReadOrDefault(Data),
        RetentionDays = RetentionDays,
        Members = Type == MonitorTypes.Group ? GroupRule.Of(TypeData).Members : [],
        UptimeNumerator = MonitorFields.Formula(Settings, "uptime_formula_numerator"),
        UptimeDenominator = MonitorFields.Formula(Settings, "uptime_formula_denominator"),
        CreatedMs = CreatedMs,
    };
}

/// <summary>A deleted monitor: its last version, so that a replay tells others that it is gone.</summary>
internal sealed class DeletedMonitor
{
    public long Id { get; set; }
    public long Version { get; set; }
    public required string Tag { get; set; }

    public MonitorChanged ToEvent() => new() { Id = Id, Version = Version, Tag = Tag, Deleted = true };
}

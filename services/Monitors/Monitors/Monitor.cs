using System.Text.Json;
using Kener.Contracts;
using Kener.Monitors.Groups;
using Kener.Monitors.Heartbeats;
using Kener.Persistence;

namespace Kener.Monitors.Monitors;

/// <summary>A monitor: what is checked, and how. Its results are stored apart from it.</summary>
internal sealed class Monitor : IAggregate
{
    public long Id { get; set; }
    public long Version { get; set; } = 1;
    public required string Tag { get; set; }
    public required string Name { get; set; }
    public string? Description { get; set; }
    public string? Image { get; set; }
    public string? Cron { get; set; }
    /// <summary>As the client sent it; see <see cref="Default"/> for when it applies.</summary>
    public string? DefaultStatus { get; set; } = "UP";
    public bool IsActive { get; set; } = true;
    public string? CategoryName { get; set; }
    public string Type { get; set; } = MonitorTypes.Api;
    /// <summary>JSON object with the fields of the type. Holds secrets: never in an event, the audit or a log (Behavior: CHK-9).</summary>
    public string? TypeData { get; set; }
    /// <summary>Why it cannot be checked; null if nothing prevents that.</summary>
    public CheckObstacle? Obstacle { get; set; }
    public bool IncludeDegradedInDowntime { get; set; }
    public bool IsHidden { get; set; }
    /// <summary>The monitor_settings_json, a JSON object; null is returned as the default formulas.</summary>
    public string? Settings { get; set; }
    public string? ExternalUrl { get; set; }
    /// <summary>For how many days results are kept, from the settings; null if that follows the site (Behavior: RET-1).</summary>
    public int? RetentionDays { get; set; }
    public int ConfirmationThreshold { get; set; } = 1;
    public long CreatedMs { get; set; }
    public long UpdatedMs { get; set; }

    /// <summary>Creates a monitor from the input; fields that were not sent get their defaults.</summary>
    public static Monitor Create(MonitorInput input, long nowMs)
    {
        var monitor = new Monitor { Tag = input.Tag.Value, Name = input.Name.Value, CreatedMs = nowMs, UpdatedMs = nowMs };
        monitor.Apply(input, settingsBefore: null);
        return monitor;
    }

    /// <summary>Sets the fields that were sent.</summary>
    public void Edit(MonitorInput input, long nowMs)
    {
        Name = input.Name.Or(Name);
        Apply(input, settingsBefore: Settings ?? MonitorFields.DefaultSettings);
        UpdatedMs = nowMs;
    }

    private void Apply(MonitorInput input, string? settingsBefore)
    {
        Description = input.Description.Or(Description);
        Image = input.Image.Or(Image);
        ExternalUrl = input.ExternalUrl.Or(ExternalUrl);
        CategoryName = input.CategoryName.Or(CategoryName);
        Cron = input.Cron.Or(Cron);
        DefaultStatus = input.DefaultStatus.Or(DefaultStatus);
        if (input.Status.IsSent) IsActive = input.Status.Value == "ACTIVE";
        if (input.IsHidden.IsSent) IsHidden = input.IsHidden.Value == "YES";
        if (input.IncludeDegradedInDowntime.IsSent) IncludeDegradedInDowntime = input.IncludeDegradedInDowntime.Value == "YES";
        ConfirmationThreshold = input.ConfirmationThreshold.Or(ConfirmationThreshold);
        var isNewType = input.MonitorType.Or(Type) != Type;
        Type = input.MonitorType.Or(Type);
        if (input.TypeData.IsSent || isNewType) TypeData = MonitorFields.TypeData(Kind, TypeData, input.TypeData.Value, isNewType);
        if (input.MonitorSettingsJson.IsSent) Settings = MonitorFields.Merged(settingsBefore, input.MonitorSettingsJson.Value, "monitor_settings_json");
        RetentionDays = MonitorFields.RetentionDays(Settings);
        if (Type == MonitorTypes.Heartbeat) TypeData = HeartbeatRule.WithSecret(TypeData);
    }

    /// <summary>The descriptor of its type.</summary>
    public MonitorType Kind => MonitorTypes.Find(Type)!;

    /// <summary>The type data as JSON; an empty object if there is none.</summary>
    public JsonElement Data => MonitorFields.Parse(TypeData ?? "{}");

    /// <summary>Returns why it cannot be checked while agents know these types; null if nothing prevents that.</summary>
    public CheckObstacle? FindObstacle(IReadOnlySet<string> ofAgents)
    {
        if (Cron is not null && Kind.Missing(Data) is not null) return CheckObstacle.FieldMissing;
        return Kind.CheckedBy == CheckedBy.Agents && !ofAgents.Contains(Type) ? CheckObstacle.NoAgent : null;
    }

    /// <summary>The obstacle in words, for the operator; null if there is none.</summary>
    public string? NoDataReason => Obstacle switch
    {
        CheckObstacle.FieldMissing => $"The monitor is not checked: type_data.{Kind.Missing(Data)} is missing",
        CheckObstacle.NoAgent => $"The monitor is not checked: no agent knows the type {Type}",
        _ => null,
    };

    /// <summary>
    /// The status of a check that ended without a verdict; null if no default applies (Behavior: STA-5). It never applies to heartbeats and groups,
    /// which are then NO_DATA (Behavior: STA-6).
    /// </summary>
    public MonitorStatus? Default => IsActive && Cron is not null && !MonitorTypes.OfClock.Contains(Type) && DefaultStatus is "UP" or "DOWN" or "DEGRADED" ? ApiWords.ToStatus(DefaultStatus) : null;

    /// <summary>The longest time between two of its checks, in seconds; 0 if nothing checks it.</summary>
    public int PeriodSeconds => Type == MonitorTypes.None || Cron is null ? 0 : CronSchedule.PeriodSeconds(Cron);

    /// <summary>Returns what an agent needs to check it.</summary>
    public AssignedMonitor ToAssigned() => new(Id, Tag, Version, Type, Cron!, Data);

    /// <summary>Returns the event with its whole state, except type_data, which holds secrets.</summary>
    public MonitorChanged ToEvent() => new()
    {
        Id = Id,
        Version = Version,
        Tag = Tag,
        Name = Name,
        Description = Description,
        Image = Image,
        // Pages link to it, so only addresses that are safe to follow leave the service (Behavior: CHK-10).
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

/// <summary>The tombstone of a deleted monitor, so that a replay can publish the deletion again.</summary>
internal sealed class DeletedMonitor
{
    public long Id { get; set; }
    public long Version { get; set; }
    public required string Tag { get; set; }

    public MonitorChanged ToEvent() => new() { Id = Id, Version = Version, Tag = Tag, Deleted = true };
}

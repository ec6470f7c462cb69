using System.Text.Json;
using Kener.Contracts;
using Kener.Persistence;

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

    /// <summary>A monitor from what a client posted; what is missing gets its default.</summary>
    public static Monitor Create(MonitorInput input, long nowMs)
    {
        var monitor = new Monitor { Tag = input.Tag.Value, Name = input.Name.Value, CreatedMs = nowMs, UpdatedMs = nowMs };
        monitor.Apply(input, settingsBefore: null);
        return monitor;
    }

    /// <summary>Sets what the client sent; the rest stays as it is.</summary>
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

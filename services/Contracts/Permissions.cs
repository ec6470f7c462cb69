namespace Kener.Contracts;

/// <summary>The permissions that a key or a person may have (Behavior: API-18), with the names of the original.</summary>
public static class Permissions
{
#pragma warning disable CS1591 // The names say it all.
    public const string MonitorsRead = "monitors.read", MonitorsWrite = "monitors.write";
    public const string IncidentsRead = "incidents.read", IncidentsWrite = "incidents.write";
    public const string MaintenancesRead = "maintenances.read", MaintenancesWrite = "maintenances.write";
    public const string PagesRead = "pages.read", PagesWrite = "pages.write";
    public const string TriggersRead = "triggers.read", TriggersWrite = "triggers.write";
    public const string AlertsRead = "alerts.read", AlertsWrite = "alerts.write";
    public const string ApiKeysRead = "api_keys.read", ApiKeysWrite = "api_keys.write", ApiKeysDelete = "api_keys.delete";
    public const string UsersRead = "users.read", UsersWrite = "users.write";
    public const string SettingsRead = "settings.read", SettingsWrite = "settings.write";
    public const string SubscribersRead = "subscribers.read", SubscribersWrite = "subscribers.write";
    public const string EmailTemplatesRead = "email_templates.read", EmailTemplatesWrite = "email_templates.write";
    public const string ImagesWrite = "images.write";
    public const string RolesRead = "roles.read", RolesWrite = "roles.write";
    public const string RolesAssignPermissions = "roles.assign_permissions", RolesAssignUsers = "roles.assign_users";
#pragma warning restore CS1591

    /// <summary>What an agent needs to receive its assignment and report results. Not one of the 28, and not in any role of a person.</summary>
    public const string AgentsReport = "agents.report";

    /// <summary>The 28 permissions.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        MonitorsRead, MonitorsWrite, IncidentsRead, IncidentsWrite, MaintenancesRead, MaintenancesWrite, PagesRead, PagesWrite,
        TriggersRead, TriggersWrite, AlertsRead, AlertsWrite, ApiKeysRead, ApiKeysWrite, ApiKeysDelete, UsersRead, UsersWrite,
        SettingsRead, SettingsWrite, SubscribersRead, SubscribersWrite, EmailTemplatesRead, EmailTemplatesWrite, ImagesWrite,
        RolesRead, RolesWrite, RolesAssignPermissions, RolesAssignUsers,
    ];

    /// <summary>The permissions that an API key may have: the 28 and <see cref="AgentsReport"/>.</summary>
    public static IReadOnlyList<string> OfKeys { get; } = [.. All, AgentsReport];
}

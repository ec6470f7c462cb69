namespace Kener.Contracts;

/// <summary>The permissions that a key or a person may hold (Behavior: API-18), word for word as in the original.</summary>
public static class Permissions
{
#pragma warning disable CS1591 // Each constant says no more than its text.
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

    /// <summary>What an agent needs: to be told what to check and to report it. No role of a person has it; not one of the 28.</summary>
    public const string AgentsReport = "agents.report";

    /// <summary>All 28.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        MonitorsRead, MonitorsWrite, IncidentsRead, IncidentsWrite, MaintenancesRead, MaintenancesWrite, PagesRead, PagesWrite,
        TriggersRead, TriggersWrite, AlertsRead, AlertsWrite, ApiKeysRead, ApiKeysWrite, ApiKeysDelete, UsersRead, UsersWrite,
        SettingsRead, SettingsWrite, SubscribersRead, SubscribersWrite, EmailTemplatesRead, EmailTemplatesWrite, ImagesWrite,
        RolesRead, RolesWrite, RolesAssignPermissions, RolesAssignUsers,
    ];

    /// <summary>What an API key may hold: the 28, and what an agent needs.</summary>
    public static IReadOnlyList<string> OfKeys { get; } = [.. All, AgentsReport];
}

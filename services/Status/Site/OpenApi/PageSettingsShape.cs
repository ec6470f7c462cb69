using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Kener.Status.Site.Pages;

namespace Kener.Status.Site.OpenApi;

/// <summary>Describes the settings of a page in the OpenAPI document. Other settings are stored and returned unchanged.</summary>
internal sealed record PageSettingsShape(
    [property: Description("Which incidents the page shows.")] Dictionary<string, object> Incidents,
    [property: Description("Which maintenances the page shows.")] Dictionary<string, object> IncludeMaintenances,
    HistoryDaysShape MonitorStatusHistoryDays,
    [property: AllowedValues("default-list", "default-grid", "compact-list", "compact-grid")] string MonitorLayoutStyle,
    string MetaPageTitle, string MetaPageDescription, string SocialPagePreviewImage);

/// <summary>Describes how many days of history a page shows.</summary>
internal sealed record HistoryDaysShape([property: Range(1, PageSettings.MostDays)] int Desktop, [property: Range(1, PageSettings.MostDays)] int Mobile);

using System.Globalization;
using System.Text.Json.Nodes;
using static Kener.Status.Site.Settings.SiteChecks;

namespace Kener.Status.Site.Settings;

/// <summary>All settings of the site (Behavior: PAG-12, API-17). Those marked as legacy are stored and returned, and change nothing.</summary>
internal static class SiteKeys
{
    public const string SiteUrl = "siteURL", HomeIncidentCount = "homeIncidentCount", HomeIncidentDays = "homeIncidentStartTimeWithin";
    public const string EventDisplay = "eventDisplaySettings", Retention = "dataRetentionPolicy";

    public static IReadOnlyList<SiteKey> All { get; } =
    [
        Text("title", IsSaid, "Kener - Open source status page system"), // legacy
        Text("siteName", IsSaid, "Kener"),
        // No default here: the installation's Kener__SiteUrl is the default.
        Text(SiteUrl, IsAddress, null),
        Text("home", IsSaid, "/"),
        Text("logo", IsText, "/logo.png"),
        Text("favicon", IsText, "/logo96.png"),
        Json("metaTags", IsAny, "[]"), // legacy
        Json("nav", IsNav, "[]"),
        Json("hero", IsObject, """{"title":"","subtitle":""}"""), // legacy
        Text("footerHTML", IsFooter, "", SiteKey.Markup),
        Json("i18n", IsObject, """{"defaultLocale":"en","locales":[{"code":"en","name":"English","selected":true,"disabled":false}]}"""),
        // Our addition: the time zone of visitors who chose none.
        Text("timeZone", IsZone, "UTC"),
        Text("pattern", IsOneOf("none", "dots", "squares", "tiles", "radial-blue", "radial-mono", "radial-midnight", "circle-mono", "carbon-fibre",
            "texture-sky", "angular-mono", "angular-spring", "angular-bloom", "pets"), "none"),
        Json("analytics", IsAnalytics, "[]"), // legacy
        .. new[] { "googleTagManager", "plausible", "mixpanel", "amplitude", "clarity", "umami", "posthog" }
            .Select(provider => Json($"analytics.{provider}", IsAny, null)),
        Text("theme", IsOneOf("light", "dark", "system", "none"), "none"),
        Text("themeToggle", IsText, "YES"),
        Text("tzToggle", IsText, "YES"),
        Text("showSiteStatus", IsText, "NO"),
        Text("barStyle", IsOneOf("PARTIAL", "FULL"), "PARTIAL"),
        Text("barRoundness", IsOneOf("SHARP", "ROUNDED"), "SHARP"),
        Text("summaryStyle", IsOneOf("CURRENT", "DAY"), "CURRENT"),
        Json("colors", IsColours, SiteColours.Light),
        Json("colorsDark", IsColours, SiteColours.Dark),
        Json("font", IsAny, """{"cssSrc":"","family":""}"""),
        Json("monitorSort", IsArray, null), // legacy
        Json("categories", IsAny, """[{"name":"Home","description":""}]"""), // legacy
        Number(HomeIncidentCount, 0, 5),
        Number(HomeIncidentDays, 1, 30),
        Text("incidentGroupView", IsSaid, null), // legacy
        Json("homeDataMaxDays", IsAny, """{"desktop":{"maxDays":90,"selectableDays":[1,7,14,30,60,90]},"mobile":{"maxDays":30,"selectableDays":[1,7,14,30]}}"""), // legacy
        Text("kenerTheme", IsText, "system"), // legacy
        Text("customCSS", IsText, null, SiteKey.Markup),
        Json("subscriptionsSettings", IsAny, """{"enable":false,"methods":{"emails":{"incidents":false,"maintenances":false}}}"""),
        Json("subMenuOptions", IsAny, """{"showShareBadgeMonitor":true,"showShareEmbedMonitor":true,"showRssFeed":true}"""),
        Json("announcement", IsAny, null),
        // No default here: the installation's Kener__RetentionDays is the default.
        Json(Retention, IsAny, null),
        Json(EventDisplay, IsObject, EventLists.Defaults),
        Text("socialPreviewImage", IsText, null),
        Text("metaSiteTitle", IsText, null),
        Text("metaSiteDescription", IsText, null),
        Json("globalPageVisibilitySettings", IsAny, """{"showSwitcher":true,"forceExclusivity":false}"""),
        Json("pageOrderingSettings", IsAny, null),
        Json("dateAndTimeFormat", IsAny, """{"datePlusTime":"PPp","dateOnly":"PP","timeOnly":"p"}"""),
        Json("sitemap", IsAny, """{"mode":"off","urls":[]}"""),
        Json("globalMaintenanceNotificationSettings", IsAny,
            """{"created":false,"reminder":true,"reminderHours":1,"started":true,"ended":true}"""),
    ];

    private static readonly Dictionary<string, SiteKey> ByName = All.ToDictionary(key => key.Name, StringComparer.Ordinal);

    /// <summary>Returns the key of that name; null if there is none.</summary>
    public static SiteKey? Find(string name) => ByName.GetValueOrDefault(name);

    private static SiteKey Text(string name, Func<JsonNode?, bool> takes, string? byDefault, int longest = SiteKey.Line) =>
        new(name, "string", takes, byDefault is null ? null : JsonValue.Create(byDefault).ToJsonString(), longest);

    private static SiteKey Number(string name, int least, int byDefault) =>
        new(name, "number", IsAtLeast(least), $"\"{byDefault.ToString(CultureInfo.InvariantCulture)}\"", SiteKey.Line);

    private static SiteKey Json(string name, Func<JsonNode?, bool> takes, string? byDefault) => new(name, "object", takes, byDefault, SiteKey.Json);
}

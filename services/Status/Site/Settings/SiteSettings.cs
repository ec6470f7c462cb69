using System.Globalization;
using System.Text.Json.Nodes;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Snapshots;
using Kener.Ui;
using Kener.Ui.Text;

namespace Kener.Status.Site.Settings;

/// <summary>The site's settings as the pages use them: what was set, else the defaults. A value that cannot be used counts as not set.</summary>
/// <param name="set">The keys that were set, with their values.</param>
/// <param name="installation">The installation's settings, which are the defaults of the site's.</param>
internal sealed class SiteSettings(JsonObject set, KenerSettings installation)
{
    private const int MostRetentionDays = 36_500;
    // Under these names the original ships its own logo; Kener shows its own logo without a file.
    private static readonly string[] OwnMarks = ["/logo.png", "/logo96.png"];

    public string Name { get; } = Of(set, "siteName").Words() ?? "Kener";
    public string Url { get; } = (Of(set, SiteKeys.SiteUrl).Words() ?? installation.SiteUrl).TrimEnd('/');
    public string? Logo { get; } = Picture(Of(set, "logo"));
    public string? Favicon { get; } = Picture(Of(set, "favicon"));
    public string? Footer { get; } = Of(set, "footerHTML").Words();
    public string? MetaTitle { get; } = Of(set, "metaSiteTitle").Words();
    public string? MetaDescription { get; } = Of(set, "metaSiteDescription").Words();
    public string? PreviewImage { get; } = Of(set, "socialPreviewImage").Words();
    public bool OffersThemes { get; } = Of(set, "themeToggle").Words() != "NO";
    public bool OffersZones { get; } = Of(set, "tzToggle").Words() != "NO";
    public string Zone { get; } = Of(set, "timeZone").Words() is { } zone && TimeZones.Find(zone) is not null ? zone : "UTC";
    public PageTheme Theme { get; } = Of(set, "theme").Words() switch
    {
        "light" => PageTheme.Light,
        "dark" => PageTheme.Dark,
        _ => PageTheme.System,
    };
    public IReadOnlyDictionary<MonitorStatus, (string Light, string Dark)> Colours { get; } = SiteColours.Chosen(set["colors"], set["colorsDark"]);
    public string? Css { get; } = Of(set, "customCSS").Words();
    public DateForms? Dates { get; } = DatesOf(set["dateAndTimeFormat"]);
    public IReadOnlyList<LinkView> Nav { get; } = [.. Of(set, "nav").Items()
        .Select(link => (Text: link.At("name").Words(), Url: link.At("url").Words()))
        .Where(link => link is { Text: not null, Url: not null }).Select(link => new LinkView(link.Text!, link.Url!))];
    public AnnouncementView? Announcement { get; } = AnnouncementOf(set["announcement"]);
    public bool ShowsSwitcher { get; } = Of(set, "globalPageVisibilitySettings").At("showSwitcher").Flag() ?? true;
    /// <summary>Whether visitors stay on the page that they came to.</summary>
    public bool IsExclusive { get; } = Of(set, "globalPageVisibilitySettings").At("forceExclusivity").Flag() ?? false;
    /// <summary>The ids of the pages that come first, in this order.</summary>
    public IReadOnlyList<long> PageOrder { get; } = set["pageOrderingSettings"].At("enabled").Flag() is true
        ? [.. set["pageOrderingSettings"].At("order").Items().Select(id => id.Number()).OfType<double>().Select(id => (long)id)] : [];
    /// <summary>The setting <c>eventDisplaySettings</c>; a page may override it.</summary>
    public JsonNode? EventDisplay { get; } = set[SiteKeys.EventDisplay];
    /// <summary>Null: for ever. If the policy is not enabled, only monitors with their own retention lose old days.</summary>
    public int? RetentionDays { get; } = set[SiteKeys.Retention].At("enabled").Flag() is false
        ? null : set[SiteKeys.Retention].At("retentionDays").Whole() is >= 1 and var days ? Math.Min(days, MostRetentionDays) : installation.RetentionDays;

    /// <summary>The languages to choose from, as code and name; only those that Kener is translated into.</summary>
    public IReadOnlyList<(string Code, string Name)> Languages { get; } = LanguagesOf(Of(set, "i18n"));

    /// <summary>The language of visitors who chose none.</summary>
    public string Language { get; } = LanguageOf(Of(set, "i18n"));

    /// <summary>The audience of visitors who chose nothing.</summary>
    public Audience Audience => new(Language, Zone, Theme);

    /// <summary>What is needed to serve the pages.</summary>
    public PublishedSite Published => new(Language, Zone, Theme.Word(), [.. Languages.Select(language => language.Code)], OffersThemes, OffersZones);

    /// <summary>Returns the value of <paramref name="name"/>: what was set, else its default.</summary>
    private static JsonNode? Of(JsonObject set, string name) => set[name] ?? SiteKeys.Find(name)!.DefaultValue();

    private static string? Picture(JsonNode? value) => value.Words() is { } address && !OwnMarks.Contains(address) ? address : null;

    private static DateForms? DatesOf(JsonNode? value)
    {
        var forms = new DateForms(Form("datePlusTime", "PPp"), Form("dateOnly", "PP"), Form("timeOnly", "p"));
        return forms == new DateForms(null, null, null) ? null : forms;

        // The original's default is the language's own form, from which Kener's pages omit the year where it is obvious.
        string? Form(string name, string byDefault) => value.At(name).Words() is { } form && form != byDefault ? form : null;
    }

    private static List<(string Code, string Name)> LanguagesOf(JsonNode? i18n) =>
        [.. i18n.At("locales").Items().Where(locale => locale.At("selected").Flag() is not false && locale.At("disabled").Flag() is not true)
            .Select(locale => (Code: locale.At("code").Words(), Name: locale.At("name").Words()))
            .Where(locale => locale.Code is not null && Localizer.Ships(locale.Code)).Select(locale => (locale.Code!, locale.Name ?? locale.Code!))
            .DistinctBy(locale => locale.Item1)];

    private static string LanguageOf(JsonNode? i18n) => i18n.At("defaultLocale").Words() is { } code && Localizer.Ships(code) ? code : "en";

    private static AnnouncementView? AnnouncementOf(JsonNode? value)
    {
        if (value.At("title").Words() is not { } title || value.At("message").Words() is not { } message) return null;
        var type = value.At("type").Words()?.ToUpper(CultureInfo.InvariantCulture) is "WARNING" or "ERROR" ? value.At("type").Words()!.ToUpperInvariant() : "INFO";
        var action = value.At("ctaURL").Words() is { } url ? new LinkView(value.At("ctaText").Words() ?? url, url) : null;
        return new AnnouncementView(title, message, type, value.At("cancellable").Flag() ?? false, value.At("reshowAfterInHours").Number(), action);
    }
}

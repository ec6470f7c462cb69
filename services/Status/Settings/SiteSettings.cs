using System.Globalization;
using System.Text.Json.Nodes;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.Status.Snapshots;
using Kener.Ui;
using Kener.Ui.Text;

namespace Kener.Status.Settings;

/// <summary>The site's settings as the pages use them: what was set, else the defaults; what can not be used is as if it were not set.</summary>
/// <param name="set">Key → value, of the keys that were set.</param>
/// <param name="installation">What holds where nobody set anything.</param>
internal sealed class SiteSettings(JsonObject set, KenerSettings installation)
{
    private const int MostRetentionDays = 36_500;
    // What the original ships under these names is its own mark; Kener draws its own without a file.
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
    /// <summary>Visitors stay in the page that they came to.</summary>
    public bool IsExclusive { get; } = Of(set, "globalPageVisibilitySettings").At("forceExclusivity").Flag() ?? false;
    /// <summary>Ids of pages that come first, in this order.</summary>
    public IReadOnlyList<long> PageOrder { get; } = set["pageOrderingSettings"].At("enabled").Flag() is true
        ? [.. set["pageOrderingSettings"].At("order").Items().Select(id => id.Number()).OfType<double>().Select(id => (long)id)] : [];
    /// <summary>The setting <c>eventDisplaySettings</c>; a page may say otherwise for itself.</summary>
    public JsonNode? EventDisplay { get; } = set[SiteKeys.EventDisplay];
    /// <summary>Null for ever: where the policy is not enabled nothing is taken away but what a monitor says of itself.</summary>
    public int? RetentionDays { get; } = set[SiteKeys.Retention].At("enabled").Flag() is false
        ? null : set[SiteKeys.Retention].At("retentionDays").Whole() is >= 1 and var days ? Math.Min(days, MostRetentionDays) : installation.RetentionDays;

    /// <summary>The languages to choose from, as code and name; those that Kener has words for.</summary>
    public IReadOnlyList<(string Code, string Name)> Languages { get; } = LanguagesOf(Of(set, "i18n"));

    /// <summary>The language of those who chose none.</summary>
    public string Language { get; } = LanguageOf(Of(set, "i18n"));

    /// <summary>Those who chose nothing.</summary>
    public Audience Audience => new(Language, Zone, Theme);

    /// <summary>What whoever serves the pages must know.</summary>
    public PublishedSite Published => new(Language, Zone, Theme.Word(), [.. Languages.Select(language => language.Code)], OffersThemes, OffersZones);

    /// <summary>What <paramref name="name"/> holds: what was set, else its default.</summary>
    private static JsonNode? Of(JsonObject set, string name) => set[name] ?? SiteKeys.Find(name)!.DefaultValue();

    private static string? Picture(JsonNode? value) => value.Words() is { } address && !OwnMarks.Contains(address) ? address : null;

    private static DateForms? DatesOf(JsonNode? value)
    {
        var forms = new DateForms(Form("datePlusTime", "PPp"), Form("dateOnly", "PP"), Form("timeOnly", "p"));
        return forms == new DateForms(null, null, null) ? null : forms;

        // What the original has by default is the language's own form, of which Kener's pages leave out the year where it goes without saying.
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

using System.Text.Json.Nodes;
using Kener.Status.Site.Pages;
using Kener.Status.Site.Settings;
using Kener.Ui;

namespace Kener.Status.Rendering;

/// <summary>The display settings of a page, as far as they affect its rendering.</summary>
internal sealed record PageLook(
    int Days, int DaysOnPhones, PageLayout Layout, string? MetaTitle, string? MetaDescription, string? PreviewImage, EventLists Lists)
{
    /// <summary>Returns the look of a page for which <paramref name="set"/> was set.</summary>
    public static PageLook Of(JsonObject set, SiteSettings site)
    {
        var filled = PageSettings.Filled(set);
        var days = filled["monitor_status_history_days"];
        return new PageLook(
            DaysOf(days.At("desktop").Whole(), 90), DaysOf(days.At("mobile").Whole(), 30), LayoutOf(filled["monitor_layout_style"].Words()),
            filled["meta_page_title"].Words(), filled["meta_page_description"].Words(), filled["social_page_preview_image"].Words(),
            EventLists.Of(site.EventDisplay, set));
    }

    private static int DaysOf(int? days, int byDefault) => Math.Clamp(days ?? byDefault, 1, PageSettings.MostDays);

    private static PageLayout LayoutOf(string? word) => word switch
    {
        "default-grid" => PageLayout.Grid,
        "compact-list" => PageLayout.CompactList,
        "compact-grid" => PageLayout.CompactGrid,
        _ => PageLayout.List,
    };
}

using System.Globalization;
using Kener.Contracts;
using Kener.Ui.Status;
using Kener.Ui.Text;

namespace Kener.Ui.Pages;

/// <summary>The style that differs from the default: the owner's colors, how much of the bars phones show, and the owner's CSS.</summary>
internal static class OwnColours
{
    private const double UsualWidening = 2;

    /// <summary>
    /// Returns the CSS; empty if nothing differs from the default. Text in the color of a status is mixed from its fill, darker in the light
    /// theme and lighter in the dark one. Invalid colors are ignored.
    /// </summary>
    public static string Style(SiteView site, int days = 0, int daysOnPhones = 0)
    {
        var style = "";
        foreach (var (status, (light, dark)) in site.Colours.OrderBy(colour => colour.Key))
        {
            if (!IsColour(light) || !IsColour(dark)) continue;
            var name = status.Look();
            style += $"--{name}:light-dark({light},{dark});";
            if (status != MonitorStatus.NoData) style += $"--{name}-t:color-mix(in oklab,var(--{name}) 60%,light-dark(#000,#fff));";
        }
        var wide = daysOnPhones > 0 ? Math.Max(1, days / (double)daysOnPhones) : UsualWidening;
        if (days > 0 && wide != UsualWidening) style += string.Create(CultureInfo.InvariantCulture, $"--wide:{wide * 100:0.##}%;");
        return (style.Length == 0 ? "" : $":root{{{style}}}") + CssText.Clean(site.Css);
    }

    /// <summary>
    /// Returns the color of the favicon, a dot. It cannot follow the page's theme, so the default colors are legible on light and dark.
    /// </summary>
    public static string Dot(SiteView site, string look)
    {
        foreach (var (status, (light, _)) in site.Colours)
        {
            if (status.Look() == look && IsColour(light)) return light[1..];
        }
        return look switch
        {
            "up" => "25a27c",
            "deg" => "de6f04",
            "down" => "d9303a",
            "mnt" => "6667f4",
            _ => "8a94a3",
        };
    }

    private static bool IsColour(string? text) => text is ['#', ..] && text.Length == 7 && text.Skip(1).All(char.IsAsciiHexDigit);
}

using Kener.ServiceDefaults.Snapshots;
using Kener.Ui;

namespace Kener.Status.Site.Settings;

/// <summary>Converts the words of addresses and cookies to those of the pages, and back.</summary>
internal static class Audiences
{
    public static Audience ToAudience(this Variant variant) => new(variant.Language, variant.Zone, variant.Theme switch
    {
        "light" => PageTheme.Light,
        "dark" => PageTheme.Dark,
        _ => PageTheme.System,
    });

    public static string Word(this PageTheme theme) => theme switch
    {
        PageTheme.Light => "light",
        PageTheme.Dark => "dark",
        _ => "system",
    };
}

using Kener.Ui.Text;

namespace Kener.Status.Settings;

/// <summary>The languages that Kener has words for.</summary>
internal static class Locales
{
    public static bool Has(string code) => Localizer.Shipped.Any(locale => locale.Code == code);
}

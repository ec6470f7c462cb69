using System.Globalization;
using Kener.ServiceDefaults;

namespace Kener.Monitors;

/// <summary>Instants in addresses: Unix seconds from 1970 to 9999, as whole numbers.</summary>
internal static class Instants
{
    private const long Last = 253_402_300_799;

    public static long Parse(string text, string message) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= Last
            ? seconds : throw Refusal.BadRequest(message);
}

using System.Globalization;
using Kener.Contracts;
using Kener.ServiceDefaults.Errors;

namespace Kener.Monitors.Results;

/// <summary>Validates times in requests: whole Unix seconds from 1970 to 9999.</summary>
internal static class Instants
{
    private const long Last = 253_402_300_799;

    public static long Parse(string text, string message) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= Last
            ? seconds : throw Refusal.BadRequest(message);

    /// <summary>Rejects a correction more than a day ahead: nothing can have been observed then (Behavior: COR-3).</summary>
    public static void RefuseAhead(long seconds, string field, TimeProvider clock)
    {
        if (seconds > clock.GetUtcNow().ToUnixTimeSeconds() + Minutes.Day) throw Refusal.BadRequest($"{field} must not be more than a day ahead");
    }
}

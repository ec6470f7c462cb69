namespace Kener.ServiceDefaults;

/// <summary>The time zones that this machine knows, by their IANA names.</summary>
public static class TimeZones
{
    private const int LongestName = 64;

    /// <summary>The zone of that name, which may be anybody's text; null where there is none.</summary>
    public static TimeZoneInfo? Find(string name)
    {
        if (name == "UTC") return TimeZoneInfo.Utc;
        if (name.Length is 0 or > LongestName || !name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '_' or '+' or '-')) return null;
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId && zone.Id == name ? zone : null;
    }
}

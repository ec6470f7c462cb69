namespace Kener.Gateway.Pages;

/// <summary>The pages' addresses as they stand in the board's keys: one spelling for all that lead to the same page.</summary>
internal static class PagePath
{
    private const string IncidentPrefix = "/incidents/";
    private const int LongestSegment = 100, LongestId = 19;

    public static bool IsIncident(string path) => path.StartsWith(IncidentPrefix, StringComparison.Ordinal);

    /// <summary>The path of the page that is asked for; null where it is no page, or no way to ask for one.</summary>
    public static string? Of(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) ? Of(request.Path.Value) : null;

    /// <summary>The path of the page that an address leads to, such as "/europe"; null where it can be none.</summary>
    public static string? Of(string? address)
    {
        if (address is null or "" or "/") return "/";
        if (address.StartsWith(IncidentPrefix, StringComparison.OrdinalIgnoreCase))
        {
            var id = address.AsSpan(IncidentPrefix.Length).TrimEnd('/').TrimStart('0');
            return id.IsEmpty || id.Length > LongestId || id.ContainsAnyExceptInRange('0', '9') ? null : $"{IncidentPrefix}{id}";
        }
        var segment = address.AsSpan(1);
        if (segment is [.., '/']) segment = segment[..^1];
        if (address[0] != '/' || segment.Length is 0 or > LongestSegment) return null;
        foreach (var letter in segment) if (!char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or '-')) return null;
        return $"/{segment}".ToLowerInvariant();
    }
}

namespace Kener.Gateway.Routes;

/// <summary>Who serves a route. The names are those of service discovery, in lower case.</summary>
internal enum Owner
{
    /// <summary>The gateway itself.</summary>
    Edge,
    Accounts,
    Incidents,
    Monitors,
    Status,
}

/// <summary>Who may call a route. A further kind of credentials, such as the session of a person, is one more value here and one more case in <see cref="Identity.Callers"/>.</summary>
internal enum Access
{
    /// <summary>Anyone; no credentials are read.</summary>
    Public,
    /// <summary>The holder of a valid API key; the owner then decides by permission.</summary>
    Key,
}

/// <summary>
/// A path of the API or of the site. A segment in braces stands for any text without a slash; <c>{**name}</c> as the last one for any number of
/// segments, none included.
/// </summary>
internal sealed class Route(Owner owner, Access access, string pattern, params string[] methods)
{
    private readonly string[] _segments = [.. pattern.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(segment => !IsTail(segment))];
    private readonly bool _hasTail = IsTail(pattern.Split('/')[^1]);

    public Owner Owner => owner;
    public Access Access => access;
    public string Pattern => pattern;
    public IReadOnlyList<string> Methods => methods;
    /// <summary>Whether its answers may be silent for minutes: long polls and streams. WebSockets always may.</summary>
    public bool IsLong { get; init; }
    /// <summary>Whether a WebSocket may be opened; elsewhere a request for one is answered as the plain GET that it is without its Upgrade header.</summary>
    public bool AllowsWebSockets { get; init; }
    /// <summary>Bytes that the body of a request may have.</summary>
    public int BodyLimit { get; init; } = 1 << 20;
    /// <summary>The Content-Security-Policy of its answers that bear none of their own; null: nothing may be loaded.</summary>
    public string? ContentSecurityPolicy { get; init; }
    public string Allow { get; } = string.Join(", ", methods);

    public bool Takes(string method)
    {
        foreach (var known in methods)
            if (string.Equals(known, method, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <summary>As ASP.NET's routing would: letter case and one slash at the end do not count, an empty segment is no segment.</summary>
    public bool Matches(ReadOnlySpan<char> path)
    {
        if (path is ['/', ..]) path = path[1..];
        if (_segments.Length == 0) return _hasTail ? path is not ['/', ..] : path.IsEmpty;
        if (!_hasTail && path is [.., '/']) path = path[..^1];
        var rest = path;
        for (var i = 0; i < _segments.Length; i++)
        {
            var end = rest.IndexOf('/');
            // Without a tail the last segment takes all that is left, so that a path with more of them does not match.
            var given = end < 0 || (!_hasTail && i == _segments.Length - 1) ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (given.IsEmpty || !Fits(_segments[i], given)) return false;
        }
        return rest is not ['/', ..];
    }

    private static bool IsTail(string segment) => segment.StartsWith("{**", StringComparison.Ordinal);

    private static bool Fits(string segment, ReadOnlySpan<char> given) =>
        segment[0] == '{' ? !given.Contains('/') : given.Equals(segment, StringComparison.OrdinalIgnoreCase);
}

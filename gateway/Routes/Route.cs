namespace Kener.Gateway.Routes;

/// <summary>The service that serves a route. In lower case, the names are those of service discovery.</summary>
internal enum Owner
{
    /// <summary>The gateway itself.</summary>
    Edge,
    Accounts,
    Incidents,
    Monitors,
    Status,
}

/// <summary>
/// The credentials that a route requires. A further kind, such as a person's session, is one more value here and one more case in
/// <see cref="Identity.Callers"/>.
/// </summary>
internal enum Access
{
    /// <summary>None: anyone may call it, and no credentials are read.</summary>
    Public,
    /// <summary>A valid API key; the owner then checks the permission.</summary>
    Key,
}

/// <summary>
/// A path of the API or of the site. A segment in braces matches any text without a slash; <c>{**name}</c> as the last segment matches any number of
/// segments, including none.
/// </summary>
internal sealed class Route(Owner owner, Access access, string pattern, params string[] methods)
{
    private readonly string[] _segments = [.. pattern.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(segment => !IsTail(segment))];
    private readonly bool _hasTail = IsTail(pattern.Split('/')[^1]);

    public Owner Owner => owner;
    public Access Access => access;
    public string Pattern => pattern;
    public IReadOnlyList<string> Methods => methods;
    /// <summary>Whether its responses may be silent for minutes, as long polls and streams are. WebSockets always may.</summary>
    public bool IsLong { get; init; }
    /// <summary>Whether clients may open a WebSocket. If not, such a request loses its Upgrade header and is handled as a plain GET.</summary>
    public bool AllowsWebSockets { get; init; }
    /// <summary>The maximum size of a request body in bytes.</summary>
    public int BodyLimit { get; init; } = 1 << 20;
    /// <summary>The Content-Security-Policy of responses that do not set their own; null: nothing may be loaded.</summary>
    public string? ContentSecurityPolicy { get; init; }
    public string Allow { get; } = string.Join(", ", methods);

    public bool Takes(string method)
    {
        foreach (var known in methods)
            if (string.Equals(known, method, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <summary>Matches as ASP.NET's routing does: letter case and one trailing slash are ignored, and an empty segment does not match.</summary>
    public bool Matches(ReadOnlySpan<char> path)
    {
        if (path is ['/', ..]) path = path[1..];
        if (_segments.Length == 0) return _hasTail ? path is not ['/', ..] : path.IsEmpty;
        if (!_hasTail && path is [.., '/']) path = path[..^1];
        var rest = path;
        for (var i = 0; i < _segments.Length; i++)
        {
            var end = rest.IndexOf('/');
            // Without a tail the last segment takes the rest of the path, so that a path with more segments does not match.
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

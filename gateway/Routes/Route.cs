namespace Kener.Gateway.Routes;

/// <summary>Who serves a route (architecture, "Who serves what"). The names are those of service discovery, in lower case.</summary>
internal enum Owner
{
    /// <summary>The gateway itself.</summary>
    Edge,
    Accounts,
    Incidents,
    Monitors,
    Status,
}

/// <summary>Who may come in.</summary>
internal enum Access
{
    /// <summary>Anyone.</summary>
    Public,
    /// <summary>Who brings a valid API key; the owner then decides by permission.</summary>
    Key,
}

/// <summary>A path of the API or of the site. Segments in braces stand for any text without a slash.</summary>
internal sealed class Route(Owner owner, Access access, string pattern, params string[] methods)
{
    private readonly string[] _segments = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);

    public Owner Owner => owner;
    public Access Access => access;
    public string Pattern => pattern;
    public IReadOnlyList<string> Methods => methods;
    /// <summary>Whether its answers may be silent for minutes: long polls, streams, sockets.</summary>
    public bool IsLong { get; init; }
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
        if (_segments.Length == 0) return path.IsEmpty;
        if (path is [.., '/']) path = path[..^1];
        var rest = path;
        for (var i = 0; i < _segments.Length; i++)
        {
            var end = rest.IndexOf('/');
            // The last segment takes all that is left, so that a path with more of them does not match.
            var given = end < 0 || i == _segments.Length - 1 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (given.IsEmpty || !Fits(_segments[i], given)) return false;
        }
        return true;
    }

    private static bool Fits(string segment, ReadOnlySpan<char> given) =>
        segment[0] == '{' ? !given.Contains('/') : given.Equals(segment, StringComparison.OrdinalIgnoreCase);
}

using System.Buffers;

namespace Kener.Contracts;

/// <summary>
/// Which HTTP headers a user may set. Kener.Outbound, which depends on nothing, has the same rule and enforces it; a test compares the two.
/// </summary>
public static class HeaderText
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>These say where a message begins and ends, or who the connection belongs to: that is for the connection to say.</summary>
    private static readonly HashSet<string> Framing = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Content-Length", "Expect", "HTTP2-Settings", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization",
        "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    /// <summary>Why such a header can not be sent; null where it can. Never repeats the value.</summary>
    public static string? Fault(string name, string value)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenCharacters)) return "a header's name must consist of letters, digits and signs such as '-'";
        if (Framing.Contains(name)) return $"the header {name} can not be set: it belongs to the connection";
        return value.Any(c => c is < ' ' and not '\t' or > '~') ? $"the value of the header {name} holds a line end or another character that no header can carry" : null;
    }
}

using System.Buffers;

namespace Kener.Contracts;

/// <summary>
/// The HTTP headers that a user may set. Kener.Outbound, which has no dependencies, enforces the same rule; a test compares the two.
/// </summary>
public static class HeaderText
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Headers about message framing and the connection, which only the HTTP connection itself may set.</summary>
    private static readonly HashSet<string> Framing = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Content-Length", "Expect", "HTTP2-Settings", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization",
        "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    /// <summary>Returns why the header cannot be sent; null if it can be. Never contains the value.</summary>
    public static string? Fault(string name, string value)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenCharacters)) return "a header's name must consist of letters, digits and signs such as '-'";
        if (Framing.Contains(name)) return $"the header {name} can not be set: it belongs to the connection";
        return value.Any(c => c is < ' ' and not '\t' or > '~') ? $"the value of the header {name} holds a line end or another character that no header can carry" : null;
    }
}

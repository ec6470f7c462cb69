using System.Buffers;
using System.Net.Http.Headers;
using System.Text;

namespace Kener.Outbound.Requests;

/// <summary>The headers that a user may set, and which of them are sent to another host after a redirect.</summary>
public static class RequestHeaders
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Headers about message framing and the connection, which only the HTTP connection itself may set.</summary>
    private static readonly HashSet<string> Framing = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Content-Length", "Expect", "HTTP2-Settings", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization",
        "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    /// <summary>Headers that may be sent to any host. Every other header may contain a secret of the first host.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.OrdinalIgnoreCase) { "Accept", "Accept-Language", "User-Agent" };

    private static readonly string Product = $"Kener/{typeof(RequestHeaders).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>Returns why the header cannot be sent; null if it can be. Never contains the value.</summary>
    public static string? Fault(string name, string value)
    {
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenCharacters)) return "a header's name must consist of letters, digits and signs such as '-'";
        if (Framing.Contains(name)) return $"the header {name} can not be set: it belongs to the connection";
        if (value.Any(c => c is < ' ' and not '\t' or > '~')) return $"the value of the header {name} holds a line end or another character that no header can carry";
        if (name.Equals("Host", StringComparison.OrdinalIgnoreCase) && !IsHost(value)) return "the value of the header Host is no host name";
        return null;
    }

    /// <summary>
    /// Adds the headers to the message. When a redirect turned the request into a GET without body, the headers that describe the body are left out.
    /// </summary>
    internal static void Write(HttpRequestMessage message, OutboundRequest request, bool isFirstHost, bool isBodyDropped)
    {
        if (!Sets(request, "User-Agent")) message.Headers.TryAddWithoutValidation("User-Agent", Product);
        if (!Sets(request, "Accept")) message.Headers.TryAddWithoutValidation("Accept", "*/*");
        if (isFirstHost && request.Url.UserInfo.Length > 0 && !Sets(request, "Authorization")) message.Headers.Authorization = Basic(request.Url.UserInfo);
        foreach (var (name, value) in request.Headers)
        {
            if (!isFirstHost && !Harmless.Contains(name)) continue;
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase)) message.Headers.Host = value;
            else if (!message.Headers.TryAddWithoutValidation(name, value) && !isBodyDropped) WriteOfContent(message, name, value);
        }
        // The default of the original's HTTP client.
        if (request.Body is { Length: > 0 } && !isBodyDropped && message.Method.Method is "POST" or "PUT" or "PATCH" && !message.Content!.Headers.Contains("Content-Type"))
            message.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded");
    }

    /// <summary>.NET sends Content-Type and other content headers only with a body; an empty one (Content-Length 0) makes it send them.</summary>
    private static void WriteOfContent(HttpRequestMessage message, string name, string value) =>
        (message.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, value);

    private static bool Sets(OutboundRequest request, string name) =>
        request.Headers.Any(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static AuthenticationHeaderValue Basic(string userInfo) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(userInfo))));

    private static bool IsHost(string value) =>
        Uri.TryCreate($"http://{value}/", UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0 && uri.AbsolutePath == "/" && uri.Query.Length == 0
        && uri.Fragment.Length == 0 && Uri.CheckHostName(uri.Host.Trim('[', ']')) != UriHostNameType.Unknown;
}

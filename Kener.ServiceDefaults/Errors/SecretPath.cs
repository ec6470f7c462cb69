using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kener.ServiceDefaults;

/// <summary>Addresses that hold a secret in their path: no log and no trace bears it.</summary>
public static class SecretPath
{
    /// <summary>A heartbeat's address ends with its secret.</summary>
    public const string Heartbeats = "/ext/heartbeat";

    /// <summary>Whether the path holds a secret. Who writes a slash too many has put it in the path all the same.</summary>
    public static bool IsSecret(PathString path)
    {
        if (path.StartsWithSegments(Heartbeats, StringComparison.OrdinalIgnoreCase)) return true;
        return path.Value is { } text && text.Contains("//", StringComparison.Ordinal)
            && text.Split('/', StringSplitOptions.RemoveEmptyEntries) is [var first, var second, ..]
            && first.Equals("ext", StringComparison.OrdinalIgnoreCase) && second.Equals("heartbeat", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// The last segment of the address as the client sent it, decoded once. The decoded path cannot tell an encoded slash from the text "%2F".
    /// </summary>
    public static string LastSegment(HttpContext context)
    {
        var sent = context.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } target ? target : context.Request.Path.ToUriComponent();
        var path = sent.AsSpan();
        if (path.IndexOf('?') is var query and >= 0) path = path[..query];
        path = path.TrimEnd('/');
        return Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..].ToString());
    }

    /// <summary>The path as a log may have it.</summary>
    public static string ForLogs(PathString path) => IsSecret(path) ? Heartbeats + "/…" : path.Value ?? "";
}

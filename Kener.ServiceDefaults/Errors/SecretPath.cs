using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Kener.ServiceDefaults.Errors;

/// <summary>Recognizes paths that contain a secret, which must not appear in logs and traces.</summary>
public static class SecretPath
{
    /// <summary>The prefix of heartbeat paths, which end with a secret.</summary>
    public const string Heartbeats = "/ext/heartbeat";

    /// <summary>Returns whether the path contains a secret, also if it has duplicate slashes.</summary>
    public static bool IsSecret(PathString path)
    {
        if (path.StartsWithSegments(Heartbeats, StringComparison.OrdinalIgnoreCase)) return true;
        return path.Value is { } text && text.Contains("//", StringComparison.Ordinal)
            && text.Split('/', StringSplitOptions.RemoveEmptyEntries) is [var first, var second, ..]
            && first.Equals("ext", StringComparison.OrdinalIgnoreCase) && second.Equals("heartbeat", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// Returns the last segment of the URL as the client sent it, decoded once. The decoded path cannot distinguish an encoded slash from the text
    /// "%2F".
    /// </summary>
    public static string LastSegment(HttpContext context)
    {
        var sent = context.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } target ? target : context.Request.Path.ToUriComponent();
        var path = sent.AsSpan();
        if (path.IndexOf('?') is var query and >= 0) path = path[..query];
        path = path.TrimEnd('/');
        return Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..].ToString());
    }

    /// <summary>Returns the path for logs, without its secret.</summary>
    public static string ForLogs(PathString path) => IsSecret(path) ? Heartbeats + "/…" : path.Value ?? "";
}

using Microsoft.AspNetCore.Http;

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

    /// <summary>The path as a log may have it.</summary>
    public static string ForLogs(PathString path) => IsSecret(path) ? Heartbeats + "/…" : path.Value ?? "";
}

using Microsoft.AspNetCore.Http;

namespace Kener.ServiceDefaults;

/// <summary>Addresses that hold a secret in their path: no log and no trace bears it.</summary>
public static class SecretPath
{
    /// <summary>A heartbeat's address ends with its secret.</summary>
    public const string Heartbeats = "/ext/heartbeat";

    /// <summary>Whether the path holds a secret.</summary>
    public static bool IsSecret(PathString path) => path.StartsWithSegments(Heartbeats, StringComparison.OrdinalIgnoreCase);

    /// <summary>The path as a log may have it.</summary>
    public static string ForLogs(PathString path) => IsSecret(path) ? Heartbeats + "/…" : path.Value ?? "";
}

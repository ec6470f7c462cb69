using System.Diagnostics;

namespace Kener.ServiceDefaults;

/// <summary>Traces of what goes to Redis and comes from it, since no instrumentation of the client can be had as a package. The looks once a second are left out.</summary>
internal static class RedisSpans
{
    private static readonly ActivitySource Source = new("Kener");

    public static Activity? Start(string what, string key)
    {
        var span = Source.StartActivity($"redis {what}", ActivityKind.Client);
        span?.SetTag("db.system.name", "redis").SetTag("db.operation.name", what).SetTag("kener.snapshot", key);
        return span;
    }
}

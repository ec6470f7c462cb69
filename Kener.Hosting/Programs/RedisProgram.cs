namespace Kener.Hosting.Programs;

/// <summary>Redis' configuration: on the loopback address only, with a password.</summary>
internal static class RedisProgram
{
    /// <summary>The text of redis.conf. Durable: writes are on disk within a second.</summary>
    public static string Configuration(string? port, string? password, string folder, bool isDurable) => $"""
        port {port}
        bind 127.0.0.1
        protected-mode yes
        requirepass {password}
        dir {folder}
        save ""
        appendonly {(isDurable ? "yes" : "no")}
        appendfsync everysec

        """;
}

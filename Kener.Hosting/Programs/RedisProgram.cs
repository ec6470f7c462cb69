namespace Kener.Hosting.Programs;

/// <summary>Builds Redis' configuration: on the loopback address only, with a password.</summary>
internal static class RedisProgram
{
    /// <summary>Returns the text of redis.conf. If <paramref name="isDurable"/>, writes are on disk within a second.</summary>
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

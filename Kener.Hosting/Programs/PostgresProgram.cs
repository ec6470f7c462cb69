namespace Kener.Hosting.Programs;

/// <summary>Builds PostgreSQL's command lines, for a cluster that listens on the loopback address only.</summary>
internal static class PostgresProgram
{
    public const string User = "postgres";

    /// <summary>Returns the arguments of initdb for a new cluster, whose superuser has the password in <paramref name="passwordFile"/>.</summary>
    public static string[] InitArguments(string data, string passwordFile) =>
        ["-D", data, "-U", User, "-A", "scram-sha-256", $"--pwfile={passwordFile}", "-E", "UTF8", OperatingSystem.IsLinux() ? "--locale=C.UTF-8" : "--locale=C"];

    /// <summary>Returns the arguments of the server, without its port.</summary>
    public static string[] Arguments(string data) =>
        ["-D", data, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=400", "-c", "log_checkpoints=off"];
}

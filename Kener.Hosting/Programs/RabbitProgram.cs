namespace Kener.Hosting.Programs;

/// <summary>
/// Builds RabbitMQ's environment and files, in a separate folder and with a separate epmd (Erlang's node directory): a shared one would outlive the
/// broker, and other users' nodes would register there. All ports listen on the loopback address.
/// </summary>
internal static class RabbitProgram
{
    public const string CookieFile = ".erlang.cookie";

    /// <summary>The arguments of epmd, without its port.</summary>
    public static string[] DirectoryArguments => ["-address", "127.0.0.1"];

    /// <summary>Returns the environment variables of both programs. Callers add ERL_EPMD_PORT and RABBITMQ_DIST_PORT.</summary>
    public static IReadOnlyDictionary<string, string> Environment(string home) => new Dictionary<string, string>
    {
        ["LC_ALL"] = "C.UTF-8",
        // Erlang reads its cookie from there.
        ["HOME"] = home,
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        // The data belongs to a node of this name.
        ["RABBITMQ_NODENAME"] = "kener@localhost",
        ["RABBITMQ_MNESIA_BASE"] = Path.Combine(home, "mnesia"),
        ["RABBITMQ_LOG_BASE"] = Path.Combine(home, "log"),
        ["RABBITMQ_LOGS"] = "-",
        ["RABBITMQ_PID_FILE"] = Path.Combine(home, "pid"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path.Combine(home, "enabled_plugins"),
        ["RABBITMQ_CONFIG_FILE"] = Path.Combine(home, "rabbitmq.conf"),
        ["RABBITMQ_ADVANCED_CONFIG_FILE"] = Path.Combine(home, "advanced.config"),
        ["RABBITMQ_CONF_ENV_FILE"] = Path.Combine(home, "rabbitmq-env.conf"),
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none",
        // With both, the start script becomes the server instead of staying as its parent.
        ["RABBITMQ_ALLOW_INPUT"] = "1",
        ["RABBITMQ_SERVER_START_ARGS"] = "-noinput",
    };

    /// <summary>Returns the files that RabbitMQ reads besides the cookie, by name. Empty ones keep it from reading those of the system.</summary>
    public static IReadOnlyDictionary<string, string> Files(string? port, string? password) => new Dictionary<string, string>
    {
        ["enabled_plugins"] = "[].\n",
        ["advanced.config"] = "[].\n",
        ["rabbitmq-env.conf"] = "",
        ["rabbitmq.conf"] = $"""
            listeners.tcp.local = 127.0.0.1:{port}
            default_user = guest
            default_pass = {password}
            log.console = true
            log.console.level = warning
            log.file = false

            """,
    };
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Kener.TestKit;

/// <summary>How a server is set up in a folder and run, the same way as tests/servers does.</summary>
internal sealed record ServerRecipe(string Address, IReadOnlyList<string> Command, string EndSignal, Func<Task<bool>> IsReady)
{
    /// <summary>Commands that must run before it, and as long.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Beside { get; init; } = [];

    public static async Task<ServerRecipe> PostgresAsync(string folder, string password)
    {
        var bin = Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Where(Directory.Exists).Order().Last();
        var (data, secret, port) = (Path.Combine(folder, "data"), Path.Combine(folder, "secret"), FreePort());
        await File.WriteAllTextAsync(secret, password);
        await File.WriteAllTextAsync(Path.Combine(folder, "server.log"), "");
        Directory.CreateDirectory(data);
        string[] user = [];
        if (Environment.UserName == "root")
        {
            user = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--"];
            await RunAsync(["chown", "postgres", data, secret]);
        }
        await RunAsync([.. user, Path.Combine(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]);
        var address = $"Host=127.0.0.1;Port={port};Username=postgres;Password={password}";
        string[] command =
        [
            .. user, Path.Combine(bin, "postgres"), "-D", data, "-p", $"{port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off",
        ];
        // Fast shutdown: clients are thrown out, not waited for.
        return new ServerRecipe(address, command, "INT", async () =>
        {
            await using var connection = new NpgsqlConnection(address + ";Pooling=false;Timeout=2");
            await connection.OpenAsync();
            return true;
        });
    }

    public static async Task<ServerRecipe> Redis(string folder, string password)
    {
        var (port, file) = (FreePort(), Path.Combine(folder, "redis.conf"));
        await File.WriteAllTextAsync(file, $"port {port}\nbind 127.0.0.1\nrequirepass {password}\ndir {folder}\nsave \"\"\nappendonly no\n");
        return new ServerRecipe($"127.0.0.1:{port},password={password}", ["redis-server", file], "TERM", () => SaysAsync(port, $"AUTH {password}\r\n", "+OK"));
    }

    public static async Task<ServerRecipe> Rabbit(string folder, string password)
    {
        // Not the wrapper in /usr/sbin: that one changes the user and writes to /var/log.
        var server = Directory.GetDirectories("/usr/lib/rabbitmq/lib", "rabbitmq_server-*").Order().Last() + "/sbin/rabbitmq-server";
        var (port, mapper, home) = (FreePort(), FreePort(), Path.Combine(folder, "home"));
        Directory.CreateDirectory(home);
        foreach (var name in new[] { "plugins", "advanced.config" }) await File.WriteAllTextAsync(Path.Combine(folder, name), "[].");
        await File.WriteAllTextAsync(Path.Combine(folder, "empty"), "");
        await File.WriteAllTextAsync(Path.Combine(folder, "rabbitmq.conf"),
            $"listeners.tcp.local = 127.0.0.1:{port}\ndefault_user = guest\ndefault_pass = {password}\nlog.console = true\nlog.console.level = warning\nlog.file = false\n");
        var cookie = Path.Combine(home, ".erlang.cookie");
        await File.WriteAllTextAsync(cookie, password);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(cookie, UnixFileMode.UserRead);
        string[] with =
        [
            "env", "-i", $"PATH={Environment.GetEnvironmentVariable("PATH")}", "LC_ALL=C.UTF-8", $"HOME={home}", $"ERL_EPMD_PORT={mapper}", "ERL_EPMD_ADDRESS=127.0.0.1",
            $"RABBITMQ_NODENAME=kener{port}@localhost", $"RABBITMQ_DIST_PORT={FreePort()}", $"RABBITMQ_MNESIA_BASE={folder}/mnesia", $"RABBITMQ_LOG_BASE={folder}/log",
            "RABBITMQ_LOGS=-", $"RABBITMQ_PID_FILE={folder}/pid", $"RABBITMQ_ENABLED_PLUGINS_FILE={folder}/plugins", $"RABBITMQ_CONFIG_FILE={folder}/rabbitmq.conf",
            $"RABBITMQ_ADVANCED_CONFIG_FILE={folder}/advanced.config", $"RABBITMQ_CONF_ENV_FILE={folder}/empty",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1} +sbwt none", "RABBITMQ_ALLOW_INPUT=1", "RABBITMQ_SERVER_START_ARGS=-noinput",
        ];
        return new ServerRecipe($"amqp://guest:{password}@127.0.0.1:{port}", [.. with, server], "TERM", () => SaysAsync(port, "AMQP\0\0\u0009\u0001", "\u0001"))
        {
            Beside = [[.. with, "epmd", "-port", $"{mapper}", "-address", "127.0.0.1"]],
        };
    }

    /// <summary>Below the range from which the kernel takes ports for others, so that it is free again at a restart.</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(12_000, 20_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken; another.
            }
        }
    }

    private static async Task<bool> SaysAsync(int port, string asked, string answer)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, patience.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(asked), patience.Token);
        var buffer = new byte[answer.Length];
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, patience.Token);
        return Encoding.Latin1.GetString(buffer, 0, read) == answer;
    }

    private static async Task RunAsync(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{command[0]} failed: {await output}{await error}");
    }
}

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
        var (data, secret, port) = (Path.Combine(folder, "data"), Path.Combine(folder, "secret"), LocalPort.Free());
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
        var (port, file) = (LocalPort.Free(), Path.Combine(folder, "redis.conf"));
        await File.WriteAllTextAsync(file, $"port {port}\nbind 127.0.0.1\nrequirepass {password}\ndir {folder}\nsave \"\"\nappendonly no\n");
        return new ServerRecipe($"127.0.0.1:{port},password={password}", ["redis-server", file], "TERM", () => SaysAsync(port, $"AUTH {password}\r\n", "+OK"));
    }

    /// <summary>nginx as its manual says that it is fast, for one page in brotli.</summary>
    public static async Task<ServerRecipe> NginxAsync(string folder, byte[] page)
    {
        var (port, file) = (LocalPort.Free(), Path.Combine(folder, "nginx.conf"));
        await File.WriteAllBytesAsync(Path.Combine(folder, "page"), page);
        await File.WriteAllTextAsync(file, $$"""
            daemon off; user {{Environment.UserName}}; worker_processes auto; pid {{folder}}/pid; error_log stderr;
            events { worker_connections 1024; }
            http {
                access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; open_file_cache max=10; open_file_cache_valid 1h;
                client_body_temp_path {{folder}}; proxy_temp_path {{folder}}; fastcgi_temp_path {{folder}}; uwsgi_temp_path {{folder}}; scgi_temp_path {{folder}};
                server { listen 127.0.0.1:{{port}}; location / { root {{folder}}; try_files /page =404; default_type text/html; add_header Content-Encoding br; } }
            }
            """);
        return new ServerRecipe($"http://127.0.0.1:{port}", [Nginx!, "-e", "stderr", "-c", file], "TERM", () => SaysAsync(port, "GET / HTTP/1.0\r\n\r\n", "HTTP/1.1 200"));
    }

    /// <summary>Where nginx is; null where it is not.</summary>
    public static string? Nginx => Array.Find(["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"], File.Exists);

    public static async Task<ServerRecipe> Rabbit(string folder, string password)
    {
        // Not the wrapper in /usr/sbin: that one changes the user and writes to /var/log.
        var server = Directory.GetDirectories("/usr/lib/rabbitmq/lib", "rabbitmq_server-*").Order().Last() + "/sbin/rabbitmq-server";
        var (port, mapper, home) = (LocalPort.Free(), LocalPort.Free(), Path.Combine(folder, "home"));
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
            $"RABBITMQ_NODENAME=kener{port}@localhost", $"RABBITMQ_DIST_PORT={LocalPort.Free()}", $"RABBITMQ_MNESIA_BASE={folder}/mnesia", $"RABBITMQ_LOG_BASE={folder}/log",
            "RABBITMQ_LOGS=-", $"RABBITMQ_PID_FILE={folder}/pid", $"RABBITMQ_ENABLED_PLUGINS_FILE={folder}/plugins", $"RABBITMQ_CONFIG_FILE={folder}/rabbitmq.conf",
            $"RABBITMQ_ADVANCED_CONFIG_FILE={folder}/advanced.config", $"RABBITMQ_CONF_ENV_FILE={folder}/empty",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1} +sbwt none", "RABBITMQ_ALLOW_INPUT=1", "RABBITMQ_SERVER_START_ARGS=-noinput",
        ];
        return new ServerRecipe($"amqp://guest:{password}@127.0.0.1:{port}", [.. with, server], "TERM", () => SaysAsync(port, "AMQP\0\0\u0009\u0001", "\u0001"))
        {
            Beside = [[.. with, "epmd", "-port", $"{mapper}", "-address", "127.0.0.1"]],
        };
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

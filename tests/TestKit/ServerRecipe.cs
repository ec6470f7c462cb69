using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Kener.Hosting.Data;
using Kener.Hosting.Programs;
using Npgsql;

namespace Kener.TestKit;

/// <summary>How a server is set up in a folder and run, with the command lines of Kener.Hosting.</summary>
internal sealed record ServerRecipe(string Address, IReadOnlyList<string> Command, string EndSignal, Func<Task<bool>> IsReady)
{
    /// <summary>Commands that must be started before the server and run as long as it does.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Beside { get; init; } = [];

    public static async Task<ServerRecipe> PostgresAsync(string folder, string password)
    {
        var (data, secret, port, user) = (Path.Combine(folder, "data"), Path.Combine(folder, "secret"), LocalPort.Free(), Account.For("postgres"));
        await File.WriteAllTextAsync(secret, password);
        await File.WriteAllTextAsync(Path.Combine(folder, "server.log"), "");
        Directory.CreateDirectory(data);
        user?.Own(data);
        user?.Own(secret);
        string[] prefix = user?.Prefix ?? [];
        await RunAsync([.. prefix, Installed("PostgreSQL", InstalledPrograms.Postgres("initdb")), .. PostgresProgram.InitArguments(data, secret), "--no-sync"]);
        var address = $"Host=127.0.0.1;Port={port};Username={PostgresProgram.User};Password={password}";
        // No fsync: a machine that loses power loses the test run anyway.
        string[] command = [.. prefix, Installed("PostgreSQL", InstalledPrograms.Postgres("postgres")), .. PostgresProgram.Arguments(data), "-p", $"{port}", "-c", "fsync=off"];
        // Fast shutdown: closes the clients' connections instead of waiting for them.
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
        await File.WriteAllTextAsync(file, RedisProgram.Configuration($"{port}", password, folder, isDurable: false));
        return new ServerRecipe(
            $"127.0.0.1:{port},password={password}", [Installed("Redis", InstalledPrograms.Redis()), file], "TERM", () => SaysAsync(port, $"AUTH {password}\r\n", "+OK"));
    }

    /// <summary>The signal that ends the server when its data is deleted right afterwards.</summary>
    public string DisposeSignal { get; init; } = EndSignal;

    /// <summary>Sets up nginx with one page in brotli, tuned as its manual says.</summary>
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

    /// <summary>The path of nginx; null if it is not installed.</summary>
    public static string? Nginx => Array.Find(["/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"], File.Exists);

    public static async Task<ServerRecipe> Rabbit(string folder, string password)
    {
        var (port, directory) = (LocalPort.Free(), LocalPort.Free());
        foreach (var (name, text) in RabbitProgram.Files($"{port}", password)) await File.WriteAllTextAsync(Path.Combine(folder, name), text);
        var cookie = Path.Combine(folder, RabbitProgram.CookieFile);
        await File.WriteAllTextAsync(cookie, password);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(cookie, UnixFileMode.UserRead);
        string[] with =
        [
            "env", "-i", $"PATH={Environment.GetEnvironmentVariable("PATH")}", $"ERL_EPMD_PORT={directory}", $"RABBITMQ_DIST_PORT={LocalPort.Free()}",
            .. RabbitProgram.Environment(folder).Select(one => $"{one.Key}={one.Value}"),
        ];
        return new ServerRecipe(
            $"amqp://guest:{password}@127.0.0.1:{port}", [.. with, Installed("RabbitMQ", InstalledPrograms.RabbitMQ("rabbitmq-server"))], "TERM",
            () => SaysAsync(port, "AMQP\0\0\u0009\u0001", "\u0001"))
        {
            // An orderly stop takes seconds.
            DisposeSignal = "KILL",
            Beside = [[.. with, Installed("RabbitMQ", InstalledPrograms.RabbitMQ("epmd")), .. RabbitProgram.DirectoryArguments, "-port", $"{directory}"]],
        };
    }

    private static string Installed(string product, string? program) => program ?? throw new InvalidOperationException($"{product} is not installed");

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

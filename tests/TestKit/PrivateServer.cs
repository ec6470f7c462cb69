using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace Kener.TestKit;

/// <summary>
/// A PostgreSQL, Redis, RabbitMQ or nginx that belongs to one test, which can stop, kill and restart it; it keeps its address and its data. It
/// ends with the test process, however that ends.
/// </summary>
public sealed class PrivateServer : IAsyncDisposable
{
    // The shell stops the server when its standard input closes, which happens when this process ends. A line on the input names the signal.
    private const string Keeper = """
        "$@" </dev/null >>"$0" 2>&1 &
        pid=$!
        signal=$END
        read -r given && signal=$given
        kill -s "$signal" "$pid" 2>/dev/null
        for i in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
        kill -s KILL "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
        exit 0
        """;

    private readonly string _folder;
    private readonly ServerRecipe _recipe;
    private readonly List<Process> _helpers = [];
    private Process? _keeper;

    private PrivateServer(string folder, ServerRecipe recipe) => (_folder, _recipe) = (folder, recipe);

    /// <summary>The address for clients; the same after a restart.</summary>
    public string Address => _recipe.Address;

    public static Task<PrivateServer> PostgresAsync() => MakeAsync(ServerRecipe.PostgresAsync);

    public static Task<PrivateServer> RedisAsync() => MakeAsync(ServerRecipe.Redis);

    public static Task<PrivateServer> RabbitAsync() => MakeAsync(ServerRecipe.Rabbit);

    /// <summary>Starts nginx with one page, in brotli; returns null if nginx is not installed.</summary>
    public static async Task<PrivateServer?> NginxAsync(byte[] page) =>
        ServerRecipe.Nginx is null ? null : await MakeAsync((folder, _) => ServerRecipe.NginxAsync(folder, page));

    private static async Task<PrivateServer> MakeAsync(Func<string, string, Task<ServerRecipe>> recipe)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("The private servers of tests are supported on Unix only");
        var folder = Directory.CreateTempSubdirectory("kener-server-").FullName;
        // PostgreSQL runs as another user, which must be able to traverse the folder.
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var server = new PrivateServer(folder, await recipe(folder, Convert.ToHexString(RandomNumberGenerator.GetBytes(16))));
        foreach (var command in server._recipe.Beside) server._helpers.Add(server.Keep(command));
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts the server (again) and returns when it answers.</summary>
    public async Task StartAsync()
    {
        _keeper = Keep(_recipe.Command);
        await Eventually.TrueAsync(async () =>
        {
            if (_keeper.HasExited) throw new InvalidOperationException($"The server did not start: {await LogAsync()}");
            try
            {
                return await _recipe.IsReady();
            }
            catch (Exception fault) when (fault is SocketException or IOException or NpgsqlException or OperationCanceledException)
            {
                return false;
            }
        }, 180);
    }

    /// <summary>Stops the server as an operator would.</summary>
    public Task StopAsync() => EndAsync(_recipe.EndSignal);

    /// <summary>Stops a RabbitMQ and deletes what it has stored: queues, bindings and messages.</summary>
    public async Task LoseDataAsync()
    {
        await StopAsync();
        Directory.Delete(Path.Combine(_folder, "mnesia"), recursive: true);
    }

    /// <summary>Ends the server as a power cut would.</summary>
    public Task KillAsync() => EndAsync("KILL");

    public async ValueTask DisposeAsync()
    {
        await EndAsync(_recipe.DisposeSignal);
        foreach (var helper in _helpers) await EndAsync(helper, "TERM");
        Directory.Delete(_folder, recursive: true);
    }

    private async Task EndAsync(string signal)
    {
        if (_keeper is null) return;
        await EndAsync(_keeper, signal);
        _keeper = null;
    }

    private static async Task EndAsync(Process keeper, string signal)
    {
        using (keeper)
        {
            await keeper.StandardInput.WriteLineAsync(signal);
            keeper.StandardInput.Close();
            await keeper.WaitForExitAsync();
        }
    }

    private Process Keep(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo("bash") { RedirectStandardInput = true, WorkingDirectory = _folder };
        foreach (var argument in new[] { "-c", Keeper, Path.Combine(_folder, "server.log") }.Concat(command)) start.ArgumentList.Add(argument);
        start.Environment["END"] = _recipe.EndSignal;
        return Process.Start(start)!;
    }

    public async Task<string> LogAsync() => File.Exists(Path.Combine(_folder, "server.log")) ? await File.ReadAllTextAsync(Path.Combine(_folder, "server.log")) : "";
}

using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace Kener.TestKit;

/// <summary>
/// A PostgreSQL, Redis, RabbitMQ or nginx that belongs to one test, to be stopped, killed and started again: the same address and the same data
/// each time. It ends with the tests, however they end.
/// </summary>
public sealed class PrivateServer : IAsyncDisposable
{
    // The shell ends the server when its standard input ends, and that ends when we do; a signal's name on it is sent first.
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

    /// <summary>What a client connects by; the same after a restart.</summary>
    public string Address => _recipe.Address;

    public static Task<PrivateServer> PostgresAsync() => MakeAsync(ServerRecipe.PostgresAsync);

    public static Task<PrivateServer> RedisAsync() => MakeAsync(ServerRecipe.Redis);

    public static Task<PrivateServer> RabbitAsync() => MakeAsync(ServerRecipe.Rabbit);

    /// <summary>nginx with one page, in brotli; null where there is no nginx.</summary>
    public static async Task<PrivateServer?> NginxAsync(byte[] page) =>
        ServerRecipe.Nginx is null ? null : await MakeAsync((folder, _) => ServerRecipe.NginxAsync(folder, page));

    private static async Task<PrivateServer> MakeAsync(Func<string, string, Task<ServerRecipe>> recipe)
    {
        if (OperatingSystem.IsWindows()) throw new PlatformNotSupportedException("The tests' own servers are started on Unix");
        var folder = Directory.CreateTempSubdirectory("kener-server-").FullName;
        // PostgreSQL runs as a user of its own, which must be able to walk through.
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var server = new PrivateServer(folder, await recipe(folder, Convert.ToHexString(RandomNumberGenerator.GetBytes(16))));
        foreach (var command in server._recipe.Beside) server._helpers.Add(server.Keep(command));
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts it (again), and returns when it answers.</summary>
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

    /// <summary>Ends it as an operator would.</summary>
    public Task StopAsync() => EndAsync(_recipe.EndSignal);

    /// <summary>Ends a RabbitMQ, and takes away what it has stored: queues, bindings and messages.</summary>
    public async Task LoseDataAsync()
    {
        await StopAsync();
        Directory.Delete(Path.Combine(_folder, "mnesia"), recursive: true);
    }

    /// <summary>Ends it as a power cut would.</summary>
    public Task KillAsync() => EndAsync("KILL");

    public async ValueTask DisposeAsync()
    {
        await EndAsync(_recipe.EndSignal);
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

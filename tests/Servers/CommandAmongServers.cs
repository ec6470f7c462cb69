using System.Diagnostics;
using System.Runtime.InteropServices;
using Kener.TestKit;

namespace Kener.Servers;

/// <summary>
/// Runs a command with private servers on free ports of 127.0.0.1, which end with it: <c>Kener.Servers COMMAND [ARGUMENT...]</c>. The command
/// finds them by KENER_TEST_POSTGRES (an Npgsql connection string), KENER_TEST_REDIS (a StackExchange.Redis configuration) and
/// KENER_TEST_RABBITMQ (an amqp:// address). If a variable is already set, it is left as it is, and that server is not started.
/// </summary>
internal static class CommandAmongServers
{
    private const int WrongUsage = 64;

    private static readonly (string Variable, Func<Task<PrivateServer>> Start)[] Wanted =
        [("KENER_TEST_POSTGRES", PrivateServer.PostgresAsync), ("KENER_TEST_REDIS", PrivateServer.RedisAsync), ("KENER_TEST_RABBITMQ", PrivateServer.RabbitAsync)];

    /// <summary>Runs the command and returns its exit code.</summary>
    public static async Task<int> RunAsync(string[] words)
    {
        if (words.Length == 0)
        {
            await Console.Error.WriteLineAsync("Kener.Servers COMMAND [ARGUMENT...]");
            return WrongUsage;
        }
        List<PrivateServer> servers = [];
        try
        {
            await Task.WhenAll(Wanted.Where(one => Environment.GetEnvironmentVariable(one.Variable) is not { Length: > 0 }).Select(async one =>
            {
                var server = await one.Start();
                lock (servers) servers.Add(server);
                Environment.SetEnvironmentVariable(one.Variable, server.Address);
            }));
            using var command = Process.Start(new ProcessStartInfo(words[0], words[1..]) { UseShellExecute = false })!;
            // Ctrl-C reaches the command as well; in both cases the servers end after it.
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
            {
                context.Cancel = true;
                _ = Tree.SignalAsync(command.Id, "TERM");
            });
            await command.WaitForExitAsync();
            return command.ExitCode;
        }
        finally
        {
            await Task.WhenAll(servers.Select(server => server.DisposeAsync().AsTask()));
        }
    }
}

using System.Net.Sockets;
using System.Text;
using Aspire.Hosting.ApplicationModel;

namespace Kener.LocalHosting;

/// <summary>Redis as a process of ours: on the loopback address only, with its writes on disk within a second.</summary>
internal sealed class RedisPlan(RedisResource server, ServerPrograms programs, DataFolder folder)
{
    private readonly Account? _account = Account.For("redis");
    private string _home = "";

    public Unit Make()
    {
        var isStarted = server.Address.Given is null;
        return new Unit
        {
            Name = server.Name,
            Resource = server,
            Where = isStarted ? $"{ServerAddress.Host}:{server.Address.Port} (Redis)" : "as given by connection string (Redis)",
            PrepareAsync = _ =>
            {
                if (isStarted) _home = folder.Of(server.Name, _account);
                return Task.CompletedTask;
            },
            CommandAsync = isStarted ? CommandAsync : null,
            TryAsync = isStarted ? GreetAsync : _ => Task.CompletedTask,
        };
    }

    // By standard input: a command line would show the password to everyone.
    private async Task<Command> CommandAsync(CancellationToken cancel) => new(programs.Redis()!, "-")
    {
        Environment = new Dictionary<string, string?> { ["PATH"] = Environment.GetEnvironmentVariable("PATH"), ["LC_ALL"] = "C.UTF-8" },
        As = _account,
        Input = $"""
            port {server.Address.Port}
            bind {ServerAddress.Host}
            protected-mode yes
            requirepass {await server.PasswordParameter.GetValueAsync(cancel)}
            dir {_home}
            appendonly yes
            appendfsync everysec
            loglevel notice

            """,
    };

    private async Task GreetAsync(CancellationToken cancel)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(ServerAddress.Host, server.Address.Port, cancel);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {await server.PasswordParameter.GetValueAsync(cancel)}\r\nPING\r\n"), cancel);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            if (line == "+PONG") return;
            if (line.StartsWith('-')) throw new IOException(line);
        }
        throw new IOException("It hung up");
    }
}

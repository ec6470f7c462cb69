using System.Net.Sockets;
using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;

namespace Kener.LocalHosting;

/// <summary>
/// RabbitMQ as a process of ours, with an epmd (Erlang's directory of nodes) of its own: another's would outlive us, and other users' nodes
/// would meet on it. All ports are of the loopback address only.
/// </summary>
internal sealed class RabbitMqPlan(RabbitMQServerResource server, ServerPrograms programs, DataFolder folder, FreePorts ports)
{
    private static readonly byte[] Hello = [.. "AMQP"u8, 0, 0, 9, 1];
    private readonly Account? _account = Account.For("rabbitmq");
    private readonly int _directoryPort = ports.Next(), _nodePort = ports.Next();
    private string _home = "";

    public IReadOnlyList<Unit> Make()
    {
        if (server.Address.Given is not null)
            return [new Unit { Name = server.Name, Resource = server, Where = "as given by connection string (RabbitMQ)", TryAsync = _ => Task.CompletedTask }];
        var directory = new Unit
        {
            Name = $"{server.Name}-epmd",
            Resource = server,
            Where = $"{ServerAddress.Host}:{_directoryPort}",
            IsListed = false,
            PrepareAsync = PrepareAsync,
            CommandAsync = _ => Task.FromResult(new Command(programs.RabbitMq("epmd")!, "-port", $"{_directoryPort}", "-address", ServerAddress.Host)
            {
                Environment = Surroundings(),
                As = _account,
            }),
            TryAsync = async cancel => (await ConnectAsync(_directoryPort, cancel)).Dispose(),
        };
        return
        [
            directory,
            new Unit
            {
                Name = server.Name,
                Resource = server,
                Where = $"{ServerAddress.Host}:{server.Address.Port} (RabbitMQ)",
                After = [directory],
                CommandAsync = _ => Task.FromResult(new Command(programs.RabbitMq("rabbitmq-server")!) { Environment = Surroundings(), As = _account }),
                TryAsync = GreetAsync,
            },
        ];
    }

    private async Task PrepareAsync(CancellationToken cancel)
    {
        _home = folder.Of(server.Name, _account);
        var cookie = In(".erlang.cookie");
        if (!File.Exists(cookie)) await WriteAsync(".erlang.cookie", RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 24), cancel);
        // Empty ones, or those of the system would be taken.
        await WriteAsync("enabled_plugins", "[].\n", cancel);
        await WriteAsync("advanced.config", "[].\n", cancel);
        await WriteAsync("rabbitmq-env.conf", "", cancel);
        await WriteAsync("rabbitmq.conf", $"""
            listeners.tcp.local = {ServerAddress.Host}:{server.Address.Port}
            default_user = {await server.UserAsync(cancel)}
            default_pass = {await server.PasswordParameter.GetValueAsync(cancel)}
            log.console = true
            log.console.level = warning
            log.file = false

            """, cancel);
    }

    private Task WriteAsync(string name, string text, CancellationToken cancel) => Files.WriteAsync(In(name), text, _account, cancel);

    private string In(string name) => Path.Combine(_home, name);

    private Dictionary<string, string?> Surroundings() => new()
    {
        ["PATH"] = Environment.GetEnvironmentVariable("PATH"),
        ["LC_ALL"] = "C.UTF-8",
        // Where Erlang looks for its cookie.
        ["HOME"] = _home,
        ["ERL_EPMD_PORT"] = $"{_directoryPort}",
        ["ERL_EPMD_ADDRESS"] = ServerAddress.Host,
        // The data is the node's, by name: the same at each start.
        ["RABBITMQ_NODENAME"] = "kener@localhost",
        ["RABBITMQ_DIST_PORT"] = $"{_nodePort}",
        ["RABBITMQ_MNESIA_BASE"] = In("mnesia"),
        ["RABBITMQ_LOG_BASE"] = In("log"),
        ["RABBITMQ_LOGS"] = "-",
        ["RABBITMQ_PID_FILE"] = In("pid"),
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = In("enabled_plugins"),
        ["RABBITMQ_CONFIG_FILE"] = In("rabbitmq.conf"),
        ["RABBITMQ_ADVANCED_CONFIG_FILE"] = In("advanced.config"),
        ["RABBITMQ_CONF_ENV_FILE"] = In("rabbitmq-env.conf"),
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none",
        // Together: the script becomes the server, instead of staying as its parent.
        ["RABBITMQ_ALLOW_INPUT"] = "1",
        ["RABBITMQ_SERVER_START_ARGS"] = "-noinput",
    };

    private static async Task<TcpClient> ConnectAsync(int port, CancellationToken cancel)
    {
        var client = new TcpClient();
        await client.ConnectAsync(ServerAddress.Host, port, cancel);
        return client;
    }

    /// <summary>A broker that is up answers the greeting with a method frame, whose first byte is 1.</summary>
    private async Task GreetAsync(CancellationToken cancel)
    {
        using var client = await ConnectAsync(server.Address.Port, cancel);
        var stream = client.GetStream();
        await stream.WriteAsync(Hello, cancel);
        var answer = new byte[1];
        if (await stream.ReadAsync(answer, cancel) != 1 || answer[0] != 1) throw new IOException("It does not speak AMQP yet");
    }
}

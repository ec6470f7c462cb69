using System.Net.Sockets;
using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Kener.Hosting.Data;
using Kener.Hosting.Programs;

namespace Kener.Hosting.Servers;

/// <summary>Runs Redis as a program of this machine, with its writes on disk within a second.</summary>
internal sealed class NativeRedis(string name, NativeCommand command, string folder, ParameterResource password) : NativeServer(name, command, folder, password)
{
    public override ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"127.0.0.1:{Endpoint.Property(EndpointProperty.Port)},password={Password}");

    public static IResourceBuilder<IResourceWithConnectionString> Add(IDistributedApplicationBuilder builder, string name)
    {
        var (host, account) = (builder.Host(), Account.For("redis"));
        var folder = host.Folder.Of(name, account);
        var command = NativeCommand.Of(host.Programs.Redis()!, account);
        // In a file, because a command line would show the password to every user of the machine.
        var file = Path.Combine(folder, "redis.conf");
        return builder.AddNativeServer(new NativeRedis(name, command, folder, host.Folder.Password(builder, $"{name}-password")), command, ConnectAsync)
            .WithEnvironment("LC_ALL", "C.UTF-8")
            .WithArgs(file)
            .OnBeforeResourceStarted(async (server, _, cancel) => await SecretFile.WriteAsync(
                file, RedisProgram.Configuration(await server.Port.GetValueAsync(cancel), await server.Password.GetValueAsync(cancel), folder, isDurable: true), account, cancel));
    }

    private static async Task ConnectAsync(NativeRedis server, CancellationToken cancel)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Endpoint.Port, cancel);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {await server.Password.GetValueAsync(cancel)}\r\nPING\r\n"), cancel);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            if (line == "+PONG") return;
            // While Redis loads its data, it answers "-LOADING".
            if (line.StartsWith('-')) throw new IOException(line);
        }
        throw new IOException("The connection was closed");
    }
}

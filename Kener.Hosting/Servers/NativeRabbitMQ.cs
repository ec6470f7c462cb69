using System.Net.Sockets;
using System.Security.Cryptography;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Kener.Hosting.Data;
using Kener.Hosting.Programs;
using Kener.Hosting.Running;

namespace Kener.Hosting.Servers;

/// <summary>Runs RabbitMQ as a program of this machine, with a separate epmd (Erlang's node directory) beside it.</summary>
internal sealed class NativeRabbitMQ(string name, NativeCommand command, string folder, ParameterResource password) : NativeServer(name, command, folder, password)
{
    private static readonly byte[] Hello = [.. "AMQP"u8, 0, 0, 9, 1];

    public override ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"amqp://guest:{Password:uri}@127.0.0.1:{Endpoint.Property(EndpointProperty.Port)}");

    public static IResourceBuilder<IResourceWithConnectionString> Add(IDistributedApplicationBuilder builder, string name)
    {
        var (host, account) = (builder.Host(), Account.For("rabbitmq"));
        var folder = host.Folder.Of(name, account);
        var (directory, command) = (NativeCommand.Of(host.Programs.RabbitMQ("epmd")!, account), NativeCommand.Of(host.Programs.RabbitMQ("rabbitmq-server")!, account));
        var epmd = builder.AddExecutable($"{name}-epmd", directory.Program, folder)
            .WithEndpoint(name: "tcp", scheme: "tcp", isProxied: false)
            .WithRestarts()
            .ExcludeFromManifest();
        var directoryPort = epmd.GetEndpoint("tcp").Property(EndpointProperty.TargetPort);
        epmd.WithArgs([.. directory.Before, .. RabbitProgram.DirectoryArguments, "-port", directoryPort]);
        var server = builder.AddNativeServer(new NativeRabbitMQ(name, command, folder, host.Folder.Password(builder, $"{name}-password")), command, ConnectAsync)
            .WithEndpoint(name: "node", scheme: "tcp", isProxied: false, env: "RABBITMQ_DIST_PORT")
            .WithEnvironment(context => context.EnvironmentVariables["ERL_EPMD_PORT"] = directoryPort)
            .WaitForStart(epmd)
            .OnBeforeResourceStarted((resource, _, cancel) => resource.WriteFilesAsync(account, cancel));
        foreach (var (variable, value) in RabbitProgram.Environment(folder)) server.WithEnvironment(variable, value);
        epmd.WithParentRelationship(server);
        return server;
    }

    private async Task WriteFilesAsync(Account? account, CancellationToken cancel)
    {
        var cookie = Path.Combine(Folder, RabbitProgram.CookieFile);
        if (!File.Exists(cookie)) await SecretFile.WriteAsync(cookie, RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ", 24), account, cancel);
        foreach (var (file, text) in RabbitProgram.Files(await Port.GetValueAsync(cancel), await Password.GetValueAsync(cancel)))
            await SecretFile.WriteAsync(Path.Combine(Folder, file), text, account, cancel);
    }

    /// <summary>Checks that the broker is up: it then answers the greeting with a method frame, whose first byte is 1.</summary>
    private static async Task ConnectAsync(NativeRabbitMQ server, CancellationToken cancel)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Endpoint.Port, cancel);
        var stream = client.GetStream();
        await stream.WriteAsync(Hello, cancel);
        var answer = new byte[1];
        if (await stream.ReadAsync(answer, cancel) != 1 || answer[0] != 1) throw new IOException("It does not speak AMQP yet");
    }
}

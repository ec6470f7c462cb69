using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Kener.Hosting.Data;
using Kener.Hosting.Running;

namespace Kener.Hosting.Servers;

/// <summary>A server that runs as a program of this machine, on a port of the loopback address. Aspire's orchestrator starts it.</summary>
internal abstract class NativeServer(string name, NativeCommand command, string folder, ParameterResource password)
    : ExecutableResource(name, command.Program, folder), IResourceWithConnectionString
{
    /// <summary>The server's own folder.</summary>
    public string Folder => WorkingDirectory;

    public ParameterResource Password => password;

    public EndpointReference Endpoint => new(this, "tcp");

    public EndpointReferenceExpression Port => Endpoint.Property(EndpointProperty.TargetPort);

    public abstract ReferenceExpression ConnectionStringExpression { get; }
}

/// <summary>A command and the arguments before its own ones.</summary>
internal sealed record NativeCommand(string Program, string[] Before)
{
    // The orchestrator stops a process by SIGTERM, on which PostgreSQL waits until the last client has disconnected: the shell turns it into SIGINT.
    // If the shell is killed, the kernel sends the server SIGINT (Linux).
    private const string Interrupting =
        "trap 'kill -INT $server' TERM INT; \"$@\" & server=$!; wait $server; code=$?; while kill -0 $server 2>/dev/null; do wait $server; code=$?; done; exit $code";

    public static NativeCommand Of(string program, Account? account, bool stopsByInterrupt = false)
    {
        string[] words = [.. account?.Prefix ?? [], .. stopsByInterrupt ? ["/bin/sh", "-c", Interrupting, "sh", .. EndWithParent] : (string[])[], program];
        return new NativeCommand(words[0], words[1..]);
    }

    private static string[] EndWithParent => File.Exists("/usr/bin/setpriv") ? ["/usr/bin/setpriv", "--pdeathsig", "INT", "--"] : [];
}

internal static class NativeServerExtensions
{
    /// <summary>Adds a native server with what all of them have: a port without a proxy, a health check that connects, restarts.</summary>
    public static IResourceBuilder<TServer> AddNativeServer<TServer>(
        this IDistributedApplicationBuilder builder, TServer resource, NativeCommand command, Func<TServer, CancellationToken, Task> connectAsync) where TServer : NativeServer =>
        builder.AddResource(resource)
            .WithEndpoint(name: "tcp", scheme: "tcp", isProxied: false)
            .WithArgs(command.Before)
            .WithPatientHealthCheck(cancel => connectAsync(resource, cancel))
            .WithRestarts()
            .ExcludeFromManifest();
}

using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Kener.Hosting.Data;
using Kener.Hosting.Programs;

namespace Kener.Hosting.Servers;

/// <summary>Runs PostgreSQL as a program of this machine, with its own cluster and with every write on disk.</summary>
internal sealed class NativePostgres(string name, NativeCommand command, string folder, ParameterResource password) : NativeServer(name, command, folder, password)
{
    private string Cluster => Path.Combine(Folder, "data");

    public override ReferenceExpression ConnectionStringExpression =>
        ReferenceExpression.Create($"Host=127.0.0.1;Port={Endpoint.Property(EndpointProperty.Port)};Username={PostgresProgram.User};Password={Password}");

    public static IResourceBuilder<IResourceWithConnectionString> Add(IDistributedApplicationBuilder builder, string name)
    {
        var (host, account) = (builder.Host(), Account.For("postgres"));
        var folder = host.Folder.Of(name, account);
        var command = NativeCommand.Of(host.Programs.Postgres("postgres")!, account, stopsByInterrupt: true);
        var server = new NativePostgres(name, command, folder, host.Folder.Password(builder, $"{name}-password"));
        return builder.AddNativeServer(server, command, PostgresDatabases.ConnectAsync)
            .WithEnvironment("LC_ALL", "C.UTF-8").WithEnvironment("TZ", "UTC")
            .WithArgs(PostgresProgram.Arguments(server.Cluster)).WithArgs("-p", server.Port)
            .OnBeforeResourceStarted((_, _, cancel) => server.PrepareAsync(host.Programs.Postgres("initdb")!, account, cancel));
    }

    private async Task PrepareAsync(string initdb, Account? account, CancellationToken cancel)
    {
        if (Directory.Exists(Cluster)) await RemoveStalePidFileAsync(cancel);
        else await InitAsync(initdb, account, cancel);
    }

    private async Task InitAsync(string initdb, Account? account, CancellationToken cancel)
    {
        // Created under another name and then moved, so that half a cluster is never used.
        var (made, secret) = (Path.Combine(Folder, "data.new"), Path.Combine(Folder, "password"));
        if (Directory.Exists(made)) Directory.Delete(made, recursive: true);
        await SecretFile.WriteAsync(secret, await Password.GetValueAsync(cancel), account, cancel);
        try
        {
            string[] words = [.. account?.Prefix ?? [], initdb, .. PostgresProgram.InitArguments(made, secret)];
            using var process = Process.Start(new ProcessStartInfo(words[0], words[1..]) { WorkingDirectory = Folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
            await process.WaitForExitAsync(cancel);
            if (process.ExitCode != 0) throw new DistributedApplicationException($"initdb failed with code {process.ExitCode}:\n{await output}{await errors}".TrimEnd());
        }
        finally
        {
            File.Delete(secret);
        }
        Directory.Move(made, Cluster);
    }

    /// <summary>
    /// Removes a stale postmaster.pid. PostgreSQL refuses to start while the file names a living process, and after a crash another process may have
    /// that number. Waits for a server of this folder that is still stopping.
    /// </summary>
    private async Task RemoveStalePidFileAsync(CancellationToken cancel)
    {
        var file = Path.Combine(Cluster, "postmaster.pid");
        for (var tries = 0; File.Exists(file); tries++)
        {
            var pid = File.ReadLines(file).FirstOrDefault();
            var command = $"/proc/{pid}/cmdline";
            if (!File.Exists(command) || !(await File.ReadAllTextAsync(command, cancel)).Contains(Cluster, StringComparison.Ordinal)) File.Delete(file);
            else if (tries == 200) throw new DistributedApplicationException($"Another PostgreSQL server runs on '{Cluster}' as process {pid}: stop it first");
            else await Task.Delay(100, cancel);
        }
    }
}

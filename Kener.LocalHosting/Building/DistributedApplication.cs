using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>The application: what its builder was told of, as processes of this machine.</summary>
public class DistributedApplication(IHost host) : IHost, IAsyncDisposable
{
    /// <summary>The app host's own services.</summary>
    public IServiceProvider Services => host.Services;

    /// <summary>A builder, with the command line's settings.</summary>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => OperatingSystem.IsWindows()
        ? throw new PlatformNotSupportedException("Kener.LocalHosting runs on Linux and macOS. On Windows, build with -p:UseAspire=true.")
        : new DistributedApplicationBuilder(args);

    /// <summary>
    /// Runs until Ctrl-C or SIGTERM, then ends all processes. Where the start fails, the reason is told in a line and the exit code is 1.
    /// </summary>
    public virtual Task RunAsync(CancellationToken cancellationToken = default) => HostingAbstractionsHostExtensions.RunAsync(host, cancellationToken);

    /// <summary>Begins to start everything, and returns at once.</summary>
    public virtual Task StartAsync(CancellationToken cancellationToken = default) => host.StartAsync(cancellationToken);

    /// <summary>Ends everything, what uses another before the other.</summary>
    public virtual Task StopAsync(CancellationToken cancellationToken = default) => host.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
        host.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

/// <summary>The application can not be as it was described, or not on this machine; the message is for the operator.</summary>
public class DistributedApplicationException(string message) : Exception(message);

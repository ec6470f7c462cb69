using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kener.ServiceDefaults;

/// <summary>Runs the application: the last line of every Program.cs.</summary>
public static class RunExtensions
{
    /// <summary>
    /// Runs until Ctrl-C or SIGTERM and returns 0. Returns 1 for a fault that an operator can fix (a wrong setting, a port in use, a missing server);
    /// its reason is written to standard error in one line, without a stack trace.
    /// </summary>
    public static int RunOrExplain(this WebApplication app)
    {
        // Read first: a start that fails disposes the container, so that these cannot be resolved later.
        var (stopping, listening) = (app.Lifetime.ApplicationStopping, new ListenAddresses(app.Configuration));
        try
        {
            listening.Check();
            // Before the host validates, which would also log the fault, with a stack trace.
            app.Services.GetService<IStartupValidator>()?.Validate();
            Run(app);
            return 0;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped while it was starting.
            StartLog.Is(StartLog.Phase.Failed);
            ((IDisposable)app).Dispose();
            return 0;
        }
        catch (Exception fault) when (WrongSettings(fault) is { Count: > 0 } wrong)
        {
            foreach (var setting in wrong) Console.Error.WriteLine($"Kener cannot start: {setting}");
        }
        catch (Exception fault) when (Explain(fault, listening) is { } reason)
        {
            Console.Error.WriteLine($"Kener cannot start: {reason}");
        }
        return 1;
    }

    /// <summary>
    /// Runs like <c>app.Run()</c>, but a start that fails reports its reason once: without the host's own log entries, and without disposal, during
    /// which whatever has already started would log that its container is gone. The process ends at once.
    /// </summary>
    private static void Run(WebApplication app)
    {
        StartLog.Is(StartLog.Phase.Starting);
        app.Start();
        StartLog.Is(StartLog.Phase.Running);
        using (app) app.WaitForShutdown();
    }

    // More than one if settings of several classes are wrong.
    private static List<string> WrongSettings(Exception fault) =>
        [.. (fault is AggregateException several ? several.InnerExceptions : [fault]).OfType<OptionsValidationException>().SelectMany(wrong => wrong.Failures).Distinct()];

    /// <summary>Returns the reason in one line; null for a fault that the operator cannot fix, which keeps its stack trace.</summary>
    internal static string? Explain(Exception fault, ListenAddresses listening)
    {
        foreach (var cause in Causes(fault))
        {
            switch (cause)
            {
                case StartRefusedException:
                case InvalidOperationException when cause.Message.StartsWith("ConnectionStrings__", StringComparison.Ordinal):
                    return cause.Message;
                case SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }:
                    return $"{listening.Names} is in use by another process. Stop that process, or set {listening.Setting}.";
                case SocketException { SocketErrorCode: SocketError.AccessDenied }:
                    return $"{listening.Names} cannot be opened: permission denied. Ports below 1024 need a privilege; set {listening.Setting} to a higher one.";
                case SocketException { SocketErrorCode: SocketError.AddressNotAvailable }:
                    return $"{listening.Names} is not an address of this machine. Set {listening.Setting}.";
                case InvalidOperationException when cause.Message.Contains("HTTPS endpoint", StringComparison.Ordinal):
                    return $"{listening.Names} needs a certificate. Set {ListenAddresses.Certificate}, or set {listening.Setting} to an http address.";
                case CryptographicException when listening.HasCertificate:
                    return $"The certificate of {ListenAddresses.Certificate} cannot be used: {cause.Message}";
                case FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException when listening.HasCertificate:
                    return $"The certificate of {ListenAddresses.Certificate} cannot be read: {cause.Message}";
            }
        }
        return null;
    }

    private static IEnumerable<Exception> Causes(Exception fault) =>
        (fault is AggregateException several ? several.InnerExceptions : fault.InnerException is { } inner ? [inner] : []).SelectMany(Causes).Prepend(fault);
}

/// <summary>The addresses on which this process listens, and the settings that they come from.</summary>
internal sealed class ListenAddresses(IConfiguration configuration)
{
    /// <summary>The setting that names the certificate.</summary>
    public const string Certificate = "Kestrel__Certificates__Default__Path";

    private readonly string _urls = configuration["urls"] ?? "";

    /// <summary>The name of the setting.</summary>
    public string Setting { get; } = configuration.ReadKenerSettings().IsEmbedded ? "Kener__Url" : "ASPNETCORE_URLS";

    /// <summary>The addresses, for a message.</summary>
    public string Names => _urls.Length == 0 ? "The address to listen on" : _urls;

    /// <summary>Whether a certificate is configured.</summary>
    public bool HasCertificate { get; } = configuration.GetSection("Kestrel:Certificates").GetChildren().Any()
        || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any(endpoint => endpoint.GetSection("Certificate").GetChildren().Any());

    /// <summary>Rejects an address that no server could listen on.</summary>
    public void Check()
    {
        foreach (var address in _urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            if (!IsUsable(address)) throw new StartRefusedException($"{Setting} is '{address}': give an address such as http://localhost:8080");
    }

    private static bool IsUsable(string address)
    {
        try
        {
            return BindingAddress.Parse(address) is { Scheme: "http" or "https", PathBase: "", Port: >= 0 and <= 65_535 };
        }
        catch (FormatException)
        {
            return false;
        }
    }
}

/// <summary>
/// Filters the log entries of the start. The host and the server log a fault of the start with its stack trace before they throw it, and the end of
/// each background service after it; <see cref="RunExtensions.RunOrExplain"/> writes the reason in one line instead.
/// </summary>
internal static class StartLog
{
    private static volatile Phase _phase = Phase.Running;

    internal enum Phase
    {
        Running,
        Starting,
        Failed,
    }

    public static void Is(Phase phase) => _phase = phase;

    /// <summary>
    /// Returns whether to log an entry of the host. During the start, a background service that stops the process is still logged, as critical.
    /// </summary>
    public static bool ShowsHost(LogLevel level) => level >= (_phase switch { Phase.Running => LogLevel.Warning, Phase.Starting => LogLevel.Critical, _ => LogLevel.None });

    public static bool ShowsServer(LogLevel level) => _phase == Phase.Running && level >= LogLevel.Warning;
}

/// <summary>Stops the start for a reason that the operator can fix; the message names it.</summary>
public sealed class StartRefusedException(string message) : Exception(message);

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Kener.ServiceDefaults;

/// <summary>The last line of every Program.cs.</summary>
public static class RunExtensions
{
    /// <summary>
    /// Runs until Ctrl-C or SIGTERM and returns 0. What an operator can put right (a wrong setting, a port in use, a missing server) is told
    /// in a line on the error stream instead of a stack trace, and returns 1.
    /// </summary>
    public static int RunOrExplain(this WebApplication app)
    {
        // A start that fails takes the container with it, and whoever would ask it later.
        var stopping = app.Lifetime.ApplicationStopping;
        try
        {
            // Before the host does, which would log its own account of the fault, with a stack trace.
            app.Services.GetService<IStartupValidator>()?.Validate();
            app.Run();
            return 0;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Told to end while it was starting.
            return 0;
        }
        catch (Exception fault) when (WrongSettings(fault) is { Count: > 0 } wrong)
        {
            foreach (var setting in wrong) Console.Error.WriteLine($"Kener can not start: {setting}");
        }
        catch (Exception fault) when (Explain(fault) is { } reason)
        {
            Console.Error.WriteLine($"Kener can not start: {reason}");
        }
        return 1;
    }

    // Several when settings of several parts are wrong.
    private static List<string> WrongSettings(Exception fault) =>
        [.. (fault is AggregateException several ? several.InnerExceptions : [fault]).OfType<OptionsValidationException>().SelectMany(wrong => wrong.Failures).Distinct()];

    private static string? Explain(Exception fault) => fault switch
    {
        IOException { InnerException: AddressInUseException } inUse => $"{inUse.Message} Stop the other process, or give Kener__Url.",
        StartRefusedException refused => refused.Message,
        _ => null,
    };
}

/// <summary>The start is refused for a reason that the operator can put right; the message names it.</summary>
public sealed class StartRefusedException(string message) : Exception(message);

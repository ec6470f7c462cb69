using System.Collections.Concurrent;
using Kener.ServiceDefaults.Errors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kener.TestKit;

/// <summary>An entry of a host's log.</summary>
public sealed record LogEntry(string Category, LogLevel Level, string Message, Exception? Fault);

/// <summary>
/// The warnings and errors that a host logged. A response of 500 is a bug and fails its test, unless the test caused it on purpose.
/// </summary>
public sealed class HostLog : ILoggerProvider
{
    private readonly ConcurrentQueue<LogEntry> _entries = new();

    /// <summary>The entries, in the order in which they were logged.</summary>
    public IReadOnlyList<LogEntry> Entries => [.. _entries];

    /// <summary>The errors of requests that were answered with 500.</summary>
    public IReadOnlyList<LogEntry> Errors => [.. _entries.Where(entry => entry is { Category: ErrorResponses.Category, Level: >= LogLevel.Error })];

    /// <summary>Set by a test that causes errors on purpose.</summary>
    public bool ExpectsErrors { get; set; }

    public ILogger CreateLogger(string categoryName) => new Writer(categoryName, _entries);

    /// <summary>Throws if a request was answered with 500 and the test does not expect it.</summary>
    public void Check()
    {
        if (!ExpectsErrors && Errors.Count > 0) throw new InvalidOperationException("The host answered with 500:\n" + string.Join('\n', Errors));
    }

    public void Dispose()
    {
    }

    private sealed class Writer(string category, ConcurrentQueue<LogEntry> entries) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) entries.Enqueue(new LogEntry(category, logLevel, formatter(state, exception), exception));
        }
    }
}

public static class HostLogExtensions
{
    /// <summary>Adds a <see cref="HostLog"/> to the host's services and writes the host's log to it.</summary>
    public static void AddHostLog(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<HostLog>().AddSingleton<ILoggerProvider>(services => services.GetRequiredService<HostLog>());
    }
}

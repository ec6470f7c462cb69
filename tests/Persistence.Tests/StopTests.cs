using System.Collections.Concurrent;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kener.Persistence.Tests;

/// <summary>A process that is stopped while it delivers events.</summary>
public sealed class StopTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "kener-test-" + Guid.NewGuid().ToString("N"));
    private readonly Notes _notes = new();

    [Fact]
    public async Task A_delivery_in_progress_is_completed_and_not_repeated_and_nothing_is_logged()
    {
        var (begun, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var inbox = new Inbox
        {
            Handle = async (_, cancel) =>
            {
                begun.TrySetResult();
                await gate.Task.WaitAsync(cancel);
            },
        };
        var first = await StartAsync(inbox);
        for (var i = 1; i <= 3; i++) await first.SendAsync(new IncidentChanged { Id = i, Version = 1 });
        await begun.Task;
        var stopping = first.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        var stop = first.DisposeAsync().AsTask();
        await Eventually.TrueAsync(() => Task.FromResult(stopping.IsCancellationRequested));
        gate.SetResult();
        await stop;
        Assert.Equal(1, inbox.Of<IncidentChanged>()[0].Id);
        Assert.Empty(_notes.All);

        var later = new Inbox();
        await using var second = await StartAsync(later);
        await second.OutboxEmptyAsync();
        Assert.Equal([1, 2, 3], inbox.Of<IncidentChanged>().Concat(later.Of<IncidentChanged>()).Select(message => message.Id));
    }

    [Fact]
    public async Task A_delivery_that_does_not_end_is_cancelled_and_repeated_later_and_nothing_is_logged()
    {
        var begun = new TaskCompletionSource();
        var first = await StartAsync(new Inbox
        {
            Handle = async (_, cancel) =>
            {
                begun.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancel);
            },
        });
        await first.SendAsync(new IncidentChanged { Id = 1, Version = 1 });
        await begun.Task;
        await first.DisposeAsync();
        Assert.Empty(_notes.All);

        var later = new Inbox();
        await using var second = await StartAsync(later);
        await second.OutboxEmptyAsync();
        Assert.Equal(1, later.Of<IncidentChanged>().Single().Id);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<TestModule> StartAsync(Inbox inbox) =>
        TestModule.StartAsync(DatabaseKind.Sqlite, inbox: inbox, dataPath: _folder, more: services => services.AddSingleton<ILoggerProvider>(_notes));

    /// <summary>Collects warnings and errors, without those of EF's commands: the first migration queries its own table before it exists.</summary>
    private sealed class Notes : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _all = new();

        public IReadOnlyList<string> All => [.. _all];

        public ILogger CreateLogger(string categoryName) =>
            categoryName == "Microsoft.EntityFrameworkCore.Database.Command" ? Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance : this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) _all.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");
        }

        public void Dispose()
        {
        }
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Kener.Persistence.Delivery;
using Kener.TestKit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using RabbitMQ.Client;

namespace Kener.Persistence.Tests;

/// <summary>A broker that does not answer is waited for, whatever listens in its place, and the log says why.</summary>
public sealed class BrokerWaitTests
{
    private readonly Notes _log = new();
    private readonly CancellationTokenSource _stopping = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

    [Theory]
    [InlineData("127.0.0.1", "Connection refused")]
    // The second text is that of a machine without a name server.
    [InlineData("nobody.invalid", "Name or service not known|Resource temporarily unavailable")]
    public async Task If_nothing_listens_the_log_has_the_error_of_the_system(string host, string reason)
    {
        using var held = LocalPort.Refusing(out var port);
        var waiting = WaitFor(host, port);
        Assert.Matches($"(?i){reason}", await _log.FirstAsync());
        await EndAsync(waiting);
    }

    [Fact]
    public async Task Another_program_on_the_port_is_not_taken_for_the_broker()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var hangingUp = HangUpAsync(listener);
        var waiting = WaitFor("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
        Assert.Contains("is unreachable; waiting for it: ", await _log.FirstAsync(), StringComparison.Ordinal);
        await EndAsync(waiting);
        listener.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => hangingUp);
    }

    [Fact]
    public async Task A_broker_that_may_be_starting_is_not_logged_as_unreachable_at_once()
    {
        var clock = new FakeTimeProvider();
        var address = new UriBuilder("amqp", "127.0.0.1", LocalPort.Free()).Uri;
        var waiting = new BrokerWait(address, TimeSpan.FromSeconds(30), clock, _log).AwaitAsync(new ConnectionFactory { Uri = address }, _stopping.Token);
        using (var listener = new TcpListener(IPAddress.Loopback, address.Port))
        {
            // The second connection shows that the first attempt has ended.
            listener.Start();
            (await listener.AcceptSocketAsync(_stopping.Token)).Dispose();
            (await listener.AcceptSocketAsync(_stopping.Token)).Dispose();
        }
        Assert.Empty(_log.Lines);
        clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Contains("is unreachable; waiting for it: ", await _log.FirstAsync(), StringComparison.Ordinal);
        await EndAsync(waiting);
    }

    [Fact]
    public async Task A_reachable_broker_is_not_logged()
    {
        var broker = new Uri(Environment.GetEnvironmentVariable("KENER_TEST_RABBITMQ")!);
        await new BrokerWait(broker, TimeSpan.Zero, TimeProvider.System, _log).AwaitAsync(new ConnectionFactory { Uri = broker }, _stopping.Token);
        Assert.Empty(_log.Lines);
    }

    private Task WaitFor(string host, int port)
    {
        var address = new UriBuilder("amqp", host, port).Uri;
        return new BrokerWait(address, TimeSpan.Zero, TimeProvider.System, _log).AwaitAsync(new ConnectionFactory { Uri = address }, _stopping.Token);
    }

    private async Task EndAsync(Task waiting)
    {
        Assert.False(waiting.IsCompleted);
        await _stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private static async Task HangUpAsync(TcpListener listener)
    {
        while (true) (await listener.AcceptSocketAsync(TestContext.Current.CancellationToken)).Dispose();
    }

    private sealed class Notes : ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public Task<string> FirstAsync() => Eventually.GetAsync(() => Task.FromResult(Lines.FirstOrDefault() ?? ""), line => line.Length > 0);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));
    }
}

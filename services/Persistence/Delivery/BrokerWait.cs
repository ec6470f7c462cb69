using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Kener.Persistence.Delivery;

/// <summary>
/// Waits before each connection attempt of the bus until the broker answers. The pauses of the bus itself between failed attempts grow to half a
/// minute; this way no attempt fails, and the bus connects within half a second of the broker's return. Logs once that the broker is unreachable
/// and once that it is reachable again. Before the first connection the broker has <paramref name="startPatience"/>, since it may be starting too.
/// </summary>
internal sealed class BrokerWait(Uri address, TimeSpan startPatience, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250), Patience = TimeSpan.FromSeconds(3);
    private bool _isAway, _wasThere;

    /// <summary>Returns when the broker has answered.</summary>
    public async Task AwaitAsync(ConnectionFactory factory, CancellationToken stopping)
    {
        var since = clock.GetTimestamp();
        while (true)
        {
            var port = factory.Endpoint.Port;
            var reason = await WhyNobodyListensAsync(new DnsEndPoint(address.Host, port), stopping) ?? await WhyNoAnswerAsync(factory, stopping);
            if (reason is null)
            {
                if (_isAway) log.LogWarning("RabbitMQ at {Host}:{Port} is reachable again", address.Host, port);
                (_isAway, _wasThere) = (false, true);
                return;
            }
            if (!_isAway && (_wasThere || clock.GetElapsedTime(since) >= startPatience))
            {
                log.LogWarning("RabbitMQ at {Host}:{Port} is unreachable; waiting for it: {Reason}", address.Host, port, reason);
                _isAway = true;
            }
            await Task.Delay(Look, stopping);
        }
    }

    /// <summary>
    /// Returns why nothing listens at the address; null if something does. During an outage this is usually the answer. It comes as an error code,
    /// because exceptions with their stack traces would take the processor time that everything needs to start, and would load the libraries that
    /// resolve line numbers into memory.
    /// </summary>
    private static async Task<string?> WhyNobodyListensAsync(DnsEndPoint broker, CancellationToken stopping)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(Patience);
        using var attempt = new SocketAsyncEventArgs { RemoteEndPoint = broker };
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        attempt.Completed += (_, _) => end.SetResult();
        await using (patience.Token.Register(() => Socket.CancelConnectAsync(attempt)))
        {
            if (Socket.ConnectAsync(SocketType.Stream, ProtocolType.Tcp, attempt)) await end.Task;
        }
        attempt.ConnectSocket?.Dispose();
        stopping.ThrowIfCancellationRequested();
        return attempt.SocketError == SocketError.Success ? null : new SocketException((int)attempt.SocketError).Message;
    }

    private async Task<string?> WhyNoAnswerAsync(ConnectionFactory factory, CancellationToken stopping)
    {
        try
        {
            await using var connection = await factory.CreateConnectionAsync([address.Host], "kener availability check", stopping);
            return null;
        }
        catch (Exception away) when (away is BrokerUnreachableException or OperationInterruptedException or IOException or TimeoutException && !stopping.IsCancellationRequested)
        {
            return away.GetBaseException().Message;
        }
    }
}

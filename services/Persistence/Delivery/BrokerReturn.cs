using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Kener.Persistence;

/// <summary>
/// Before each attempt of the bus to connect: waits until the broker answers. The bus' own pauses between failed attempts grow to half a
/// minute; like this no attempt fails, and it connects within half a second of the broker's return. Logs once that the broker is away and
/// once that it is back. Before the first connection it is given <paramref name="startPatience"/>, since it may be starting as well.
/// </summary>
internal sealed class BrokerReturn(Uri address, TimeSpan startPatience, TimeProvider clock, ILogger log)
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
                if (_isAway) log.LogWarning("RabbitMQ at {Host}:{Port} is back", address.Host, port);
                (_isAway, _wasThere) = (false, true);
                return;
            }
            if (!_isAway && (_wasThere || clock.GetElapsedTime(since) >= startPatience))
            {
                log.LogWarning("RabbitMQ at {Host}:{Port} is away and waited for: {Reason}", address.Host, port, reason);
                _isAway = true;
            }
            await Task.Delay(Look, stopping);
        }
    }

    /// <summary>
    /// Most of the time that it is away, this is all there is to find out; and by its code, where exceptions with their stack traces would take
    /// what processor there is while everything starts, and bring the libraries that name lines of code into memory.
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
            await using var connection = await factory.CreateConnectionAsync([address.Host], "kener looks for the broker", stopping);
            return null;
        }
        catch (Exception away) when (away is BrokerUnreachableException or OperationInterruptedException or IOException or TimeoutException && !stopping.IsCancellationRequested)
        {
            return away.GetBaseException().Message;
        }
    }
}

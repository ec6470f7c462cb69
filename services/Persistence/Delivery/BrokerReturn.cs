using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Kener.Persistence;

/// <summary>
/// Before each attempt of the bus to connect: waits until the broker answers. The bus' own pauses between failed attempts grow to half a
/// minute; like this no attempt fails, and it connects within half a second of the broker's return.
/// </summary>
internal sealed class BrokerReturn
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250), Patience = TimeSpan.FromSeconds(3);
    private const int LooksAMinute = 240;

    public static async Task AwaitAsync(ConnectionFactory factory, Uri address, ILogger log, CancellationToken stopping)
    {
        for (var looks = 0; ; looks++)
        {
            var reason = await WhyNobodyListensAsync(new DnsEndPoint(address.Host, factory.Endpoint.Port), stopping) ?? await WhyNoAnswerAsync(factory, address, stopping);
            if (reason is null)
            {
                if (looks > 0) log.LogInformation("RabbitMQ is back");
                return;
            }
            if (looks % LooksAMinute == 0) log.LogWarning("RabbitMQ at {Host}:{Port} is waited for: {Reason}", address.Host, factory.Endpoint.Port, reason);
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

    private static async Task<string?> WhyNoAnswerAsync(ConnectionFactory factory, Uri address, CancellationToken stopping)
    {
        try
        {
            await using var _ = await factory.CreateConnectionAsync([address.Host], "kener looks for the broker", stopping);
            return null;
        }
        catch (Exception away) when (away is BrokerUnreachableException or OperationInterruptedException or IOException or TimeoutException && !stopping.IsCancellationRequested)
        {
            return away.GetBaseException().Message;
        }
    }
}

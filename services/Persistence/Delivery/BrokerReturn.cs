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
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private const int LooksAMinute = 240;

    public static async Task AwaitAsync(ConnectionFactory factory, Uri address, ILogger log, CancellationToken stopping)
    {
        for (var looks = 0; ; looks++)
        {
            try
            {
                await using var _ = await factory.CreateConnectionAsync([address.Host], "kener looks for the broker", stopping);
                if (looks > 0) log.LogInformation("RabbitMQ is back");
                return;
            }
            catch (Exception away) when (away is BrokerUnreachableException or OperationInterruptedException or IOException or TimeoutException && !stopping.IsCancellationRequested)
            {
                if (looks % LooksAMinute == 0) log.LogWarning("RabbitMQ at {Host}:{Port} is waited for: {Reason}", address.Host, factory.Port, away.GetBaseException().Message);
                await Task.Delay(Look, stopping);
            }
        }
    }
}

using System.Net;
using Kener.ServiceDefaults;

namespace Kener.Status.Snapshots;

/// <summary>
/// How many variants may be begun: a budget for all that fills with time, so that a visitor is served at once and a flood of invented choices
/// costs no more than so much work a second; and a smaller one per client, so that no client spends that of all. A zone of which nothing is
/// kept costs as much as ten, since its days must be counted.
/// </summary>
internal sealed class VariantLimits(TimeProvider clock)
{
    private const double PerSecond = 20, AtOnce = 100, Zone = 10;
    public const int AtOnceOfClient = 8;
    // New zones at that rate cost a quarter of what all may spend.
    private const double PerSecondOfClient = 0.5;
    private readonly TokenBuckets<IPAddress> _ofClients = new(PerSecondOfClient, AtOnceOfClient, clock);
    private readonly Lock _gate = new();
    private double _left = AtOnce;
    private long _at = clock.GetTimestamp();

    /// <summary>Takes what one more costs from the client's budget; false where it is not there.</summary>
    public bool TakesOf(IPAddress client) => _ofClients.TryTake(client);

    /// <summary>Takes what one more costs from the budget of all; false where it is not there.</summary>
    public bool Takes(bool isNewZone)
    {
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            _left = Math.Min(AtOnce, _left + clock.GetElapsedTime(_at, now).TotalSeconds * PerSecond);
            _at = now;
            var cost = isNewZone ? Zone : 1;
            if (_left < cost) return false;
            _left -= cost;
            return true;
        }
    }
}

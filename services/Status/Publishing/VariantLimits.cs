using System.Net;
using Kener.ServiceDefaults.Limits;

namespace Kener.Status.Publishing;

/// <summary>
/// Limits how many variants may be rendered: a budget for all that refills with time, so that a visitor is served at once, and a flood of invented
/// choices costs a bounded amount of work per second; and a smaller budget per client, so that no client exhausts the one for all. A zone of which
/// nothing is kept costs as much as ten variants, since its days must be counted.
/// </summary>
internal sealed class VariantLimits(TimeProvider clock)
{
    private const double PerSecond = 20, AtOnce = 100, Zone = 10;
    public const int AtOnceOfClient = 8;
    // New zones at this rate cost a quarter of the budget for all.
    private const double PerSecondOfClient = 0.5;
    private readonly TokenBuckets<IPAddress> _ofClients = new(PerSecondOfClient, AtOnceOfClient, clock);
    private readonly Lock _gate = new();
    private double _left = AtOnce;
    private long _at = clock.GetTimestamp();

    /// <summary>Takes the cost of one more variant from the client's budget; false if that does not suffice.</summary>
    public bool TakesOf(IPAddress client) => _ofClients.TryTake(client);

    /// <summary>Takes the cost of one more variant from the budget for all; false if that does not suffice.</summary>
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

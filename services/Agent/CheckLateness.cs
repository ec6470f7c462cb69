using Kener.ServiceDefaults.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.Agent;

/// <summary>Watches how much later than planned checks begin: the maximum of the last one to two minutes.</summary>
internal sealed class CheckLateness(TimeProvider clock) : IHealthCheck
{
    // A check with the default timeout that begins later than this may end after its minute.
    private const double Longest = 10;
    private readonly Lock _gate = new();
    private long _minute;
    private double _worst, _worstBefore;

    /// <summary>Records that a check began that many seconds late.</summary>
    public void Began(double secondsLate)
    {
        lock (_gate)
        {
            Turn();
            _worst = Math.Max(_worst, secondsLate);
        }
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            Turn();
            var late = Math.Max(_worst, _worstBefore);
            return Task.FromResult(Watch.Result("kener.agent.worst_lateness", "s", late, late > Longest ? $"Checks begin up to {(long)late} seconds late" : null));
        }
    }

    private void Turn()
    {
        var minute = clock.GetUtcNow().ToUnixTimeSeconds() / 60;
        if (minute == _minute) return;
        (_worstBefore, _worst) = (minute == _minute + 1 ? _worst : 0, 0);
        _minute = minute;
    }
}

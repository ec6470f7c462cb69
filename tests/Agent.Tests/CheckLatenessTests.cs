using Kener.TestKit;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.Agent.Tests;

/// <summary>Tests what <c>/health</c> reports about checks that begin late (Behavior: RUN-7).</summary>
public sealed class CheckLatenessTests
{
    [Fact]
    public async Task Checks_that_begin_more_than_ten_seconds_late_are_reported_for_two_minutes()
    {
        var clock = Clocks.AtHand();
        var lateness = new CheckLateness(clock);
        Assert.Equal(HealthStatus.Healthy, await StatusAsync());
        lateness.Began(10);
        Assert.Equal(HealthStatus.Healthy, await StatusAsync());
        lateness.Began(12.5);
        lateness.Began(0.1);
        var result = await lateness.CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken);
        Assert.Equal((HealthStatus.Degraded, "Checks begin up to 12 seconds late", 12.5), (result.Status, result.Description, result.Data["kener.agent.worst_lateness"]));
        clock.Advance(TimeSpan.FromMinutes(1));
        lateness.Began(0.1);
        Assert.Equal(HealthStatus.Degraded, await StatusAsync());
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(HealthStatus.Healthy, await StatusAsync());
        lateness.Began(20);
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(HealthStatus.Healthy, await StatusAsync());

        async Task<HealthStatus> StatusAsync() => (await lateness.CheckHealthAsync(new HealthCheckContext(), TestContext.Current.CancellationToken)).Status;
    }
}

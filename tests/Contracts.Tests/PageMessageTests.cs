using CsCheck;
using Kener.TestKit;

namespace Kener.Contracts.Tests;

public sealed class PageMessageTests
{
    [Theory]
    [InlineData(0, 0, 0, 0, "No Status Available")]
    [InlineData(4, 0, 0, 0, "All Systems Operational")]
    [InlineData(3, 1, 0, 0, "Partial System Outage")]
    [InlineData(1, 3, 0, 0, "Major System Outage")]
    [InlineData(1, 2, 0, 0, "Partial System Outage")]
    [InlineData(0, 1, 0, 0, "Major System Outage")]
    [InlineData(0, 0, 4, 0, "Degraded Performance")]
    [InlineData(1, 0, 3, 0, "Degraded Performance")]
    [InlineData(1, 0, 2, 0, "Partial Degraded Performance")]
    [InlineData(0, 1, 3, 0, "Partial System Outage")]
    [InlineData(0, 0, 0, 4, "Under Maintenance")]
    [InlineData(3, 0, 0, 1, "Under Maintenance")]
    [InlineData(0, 0, 1, 3, "Partial Degraded Performance")]
    [InlineData(0, int.MaxValue, int.MaxValue, 0, "Partial System Outage")]
    public void The_message_follows_from_the_numbers_of_monitors(int up, int down, int degraded, int maintenance, string message) =>
        Assert.Equal(message, PageMessage.Of(up, down, degraded, maintenance));

    [Fact]
    public void The_order_of_monitors_does_not_matter() => Gen.Select(Given.Status.Array[0, 20], Gen.Int).Sample((statuses, seed) =>
    {
        var shuffled = statuses.ToArray();
        new Random(seed).Shuffle(shuffled);
        return PageMessage.Of(statuses) == PageMessage.Of(shuffled);
    }, iter: Scale.Of(10_000));

    [Fact]
    public void Monitors_without_data_do_not_count() => Gen.Select(Given.Status.Array[0, 20], Gen.Int[0, 5]).Sample((statuses, silent) =>
        PageMessage.Of(statuses) == PageMessage.Of([.. statuses, .. Enumerable.Repeat(MonitorStatus.NoData, silent)]), iter: Scale.Of(10_000));

    [Fact]
    public void The_message_agrees_with_a_naive_implementation() => Given.Status.Array[0, 20].Sample(statuses =>
    {
        double Share(MonitorStatus status) => 100.0 * statuses.Count(one => one == status) / statuses.Count(one => one != MonitorStatus.NoData);
        var expected = statuses.All(status => status == MonitorStatus.NoData) ? "No Status Available"
            : Share(MonitorStatus.Down) >= 75 ? "Major System Outage"
            : Share(MonitorStatus.Down) > 0 ? "Partial System Outage"
            : Share(MonitorStatus.Degraded) >= 75 ? "Degraded Performance"
            : Share(MonitorStatus.Degraded) > 0 ? "Partial Degraded Performance"
            : Share(MonitorStatus.Maintenance) > 0 ? "Under Maintenance"
            : "All Systems Operational";
        return PageMessage.Of(statuses) == expected;
    }, iter: Scale.Of(20_000));
}

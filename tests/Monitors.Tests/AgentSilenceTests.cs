using Kener.ServiceDefaults;
using Kener.TestKit;

namespace Kener.Monitors.Tests;

/// <summary>Tests what <c>/health</c> reports about silent agents (Behavior: RUN-7).</summary>
public sealed class AgentSilenceTests
{
    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Two_minutes_without_any_agent_are_reported_if_there_is_a_monitor_for_agents(DatabaseKind database)
    {
        var clock = Clocks.AtHand();
        await using var app = await MonitorsApp.StartAsync(database, clock);
        await clock.TurnUntilAsync(async () => await LineAsync() == "Healthy");
        clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal("Healthy", await LineAsync());

        await app.CheckedAsync();
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.StartsWith("agents: No agent has requested its assignment for", await LineAsync(), StringComparison.Ordinal);
        Assert.NotNull(await app.AssignmentAsync("berlin"));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Healthy", await LineAsync());
        // A silent agent is not reported while another one requests its assignment.
        clock.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal("agents: No agent has requested its assignment for 3 minutes: its monitors are not checked", await LineAsync());
        Assert.NotNull(await app.AssignmentAsync("paris"));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Healthy", await LineAsync());

        // Only the line about agents: other checks may report something when the clock jumps.
        async Task<string> LineAsync()
        {
            var text = await app.Host.Anonymous.GetStringAsync("/health?tag=watch", TestContext.Current.CancellationToken);
            return text.Split('\n').SingleOrDefault(line => line.StartsWith("agents: ", StringComparison.Ordinal)) ?? "Healthy";
        }
    }
}

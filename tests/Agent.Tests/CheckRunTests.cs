using System.Diagnostics.Metrics;
using Cronos;
using Kener.Agent.Checks;
using Kener.Agent.Planning;
using Kener.Agent.Results;
using Kener.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Kener.Agent.Tests;

public sealed class CheckRunTests
{
    [Fact]
    public async Task A_check_that_throws_is_down_with_the_reason()
    {
        Check[] failing = [_ => throw new InvalidOperationException("secret"), _ => Task.FromException<CheckOutcome>(new OverflowException("secret")), _ => Task.FromCanceled<CheckOutcome>(new CancellationToken(true))];
        var results = await RunAsync(failing);
        Assert.All(results, result => Assert.Equal(("DOWN", "ERROR"), (result.Status, result.Type)));
        Assert.Equal(["InvalidOperationException", "OverflowException", "TaskCanceledException"], results.Select(result => result.Message!.Split('(', ')')[1]).Order());
        Assert.DoesNotContain(results, result => result.Message!.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void A_message_is_reported_in_a_form_that_the_gateway_accepts()
    {
        // Not InlineData, because attributes cannot contain unpaired surrogates.
        foreach (var (message, expected) in new[] { ("a\u0000b\nc", "a\ufffdb\ufffdc"), ("a\ud800b", "a\ufffdb"), ("\udc00\ud83d\ude00", "\ufffd\ud83d\ude00") })
            Assert.Equal(expected, CheckOutcome.Failed(MonitorStatus.Down, 0, message).For(1, 60).Message);
    }

    [Fact]
    public void A_message_is_not_cut_within_a_character()
    {
        var cut = CheckOutcome.Failed(MonitorStatus.Down, 0, new string('a', 499) + "\ud83d\ude00").For(1, 60).Message!;
        Assert.Equal(new string('a', 499) + "\ufffd", cut);
    }

    private static async Task<IReadOnlyList<CheckResult>> RunAsync(params Check[] checks)
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var queue = new ResultQueue();
        using var runs = new CheckRuns(
            queue, new AgentMeter(services.GetRequiredService<IMeterFactory>(), new CheckLateness(TimeProvider.System)), TimeProvider.System, Options.Create(new AgentSettings()), NullLogger<CheckRuns>.Instance);
        List<CheckResult> results = [];
        foreach (var (i, check) in checks.Index())
        {
            using var planned = new PlannedCheck(Given.Monitor(i), CronExpression.EveryMinute, check);
            runs.Begin(new Due(planned, 60, 60_000));
            await queue.WaitAsync(TestContext.Current.CancellationToken);
            results.AddRange(queue.TakeAll());
        }
        return results;
    }
}

using Kener.Agent.Checks;
using Kener.Agent.Results;
using Kener.Contracts;
using Microsoft.Extensions.Options;

namespace Kener.Agent.Planning;

/// <summary>
/// Runs the checks: at most one per monitor at a time, and at most <see cref="AgentSettings.Concurrency"/> in total. A result counts for the minute
/// in which the check was due, however long it took.
/// </summary>
internal sealed class CheckRuns(ResultQueue results, AgentMeter meter, TimeProvider clock, IOptions<AgentSettings> settings, ILogger<CheckRuns> log) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(settings.Value.Concurrency);

    /// <summary>Starts the check; never waits.</summary>
    public void Begin(Due due)
    {
        if (due.Check.TryBegin()) _ = Task.Run(() => RunAsync(due));
        else meter.Skipped();
    }

    public void Dispose() => _slots.Dispose();

    private async Task RunAsync(Due due)
    {
        await _slots.WaitAsync();
        try
        {
            meter.Began((clock.GetUtcNow().ToUnixTimeMilliseconds() - due.AtMs) / 1000d);
            var verdict = await VerdictAsync(due.Check);
            if (verdict is null || due.Check.IsRetired) return;
            meter.Made(due.Check.Type, verdict);
            results.Add(verdict.For(due.Check.MonitorId, due.Minute));
        }
        finally
        {
            _slots.Release();
            due.Check.End();
        }
    }

    private async Task<CheckOutcome?> VerdictAsync(PlannedCheck check)
    {
        try
        {
            return check.IsRetired ? null : await check.RunAsync();
        }
        catch (Exception) when (check.IsRetired)
        {
            return null;
        }
        catch (Exception fault)
        {
            // Without the exception's message, which may contain secrets of the monitor; and once, not every minute.
            if (check.IsFirstFault()) log.LogError("The check of monitor {Tag} failed inside the agent: {Fault}{Stack}", check.Tag, fault.GetType().FullName, Environment.NewLine + fault.StackTrace);
            return CheckOutcome.Failed(MonitorStatus.Down, 0, $"The check failed inside the agent ({fault.GetType().Name}); the agent's log says where");
        }
    }
}

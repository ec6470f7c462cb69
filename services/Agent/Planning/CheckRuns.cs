using Kener.Agent.Checks;
using Kener.Agent.Results;
using Kener.Contracts;
using Microsoft.Extensions.Options;

namespace Kener.Agent.Planning;

/// <summary>
/// Carries checks out, at most one of a monitor at a time and so many overall. A result counts for the minute in which it was due, however
/// long it took.
/// </summary>
internal sealed class CheckRuns(ResultQueue results, AgentMeter meter, TimeProvider clock, IOptions<AgentSettings> settings, ILogger<CheckRuns> log) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(settings.Value.Concurrency);

    /// <summary>Begins it; never waits.</summary>
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

    private async Task<Verdict?> VerdictAsync(PlannedCheck check)
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
            // Without the message, which may hold secrets of the monitor; and once, not each minute.
            if (check.IsFirstFault()) log.LogError("The check of monitor {Tag} failed inside the agent: {Fault}{Stack}", check.Tag, fault.GetType().FullName, Environment.NewLine + fault.StackTrace);
            return Verdict.Failed(MonitorStatus.Down, 0, $"The check failed inside the agent ({fault.GetType().Name}); the agent's log says where");
        }
    }
}

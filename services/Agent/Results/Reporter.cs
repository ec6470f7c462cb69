using Kener.Agent.Gateway;
using Kener.Contracts;
using Kener.ServiceDefaults;

namespace Kener.Agent.Results;

/// <summary>
/// Sends results to the gateway, in order and through the buffer on disk, so that they survive while the gateway is unavailable and when this
/// process ends before it returns.
/// </summary>
internal sealed class Reporter(
    ResultQueue queue, ResultBuffer buffer, GatewayClient gateway, AgentMeter meter, IHostApplicationLifetime lifetime, TimeProvider clock,
    ILogger<Reporter> log) : BackgroundService
{
    private const int Most = 1_000;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100), LastWords = TimeSpan.FromSeconds(3);
    private readonly WakeSignal _more = new();
    private bool _isFailing;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // No check starts any more, and the results of finished checks are queued: report them if the gateway is available, else keep them for
        // the next start.
        Keep(queue.TakeAll());
        using var patience = new CancellationTokenSource(LastWords, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            while (buffer.Peek(Most) is { } batch && await SendAsync(batch, either.Token)) { }
        }
        catch (OperationCanceledException)
        {
            // The results stay in the buffer.
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        lifetime.UntilStoppingAsync(stop => Task.WhenAll(KeepAsync(stop), ReportAsync(stop)), stoppingToken);

    private async Task KeepAsync(CancellationToken stop)
    {
        while (true)
        {
            await queue.WaitAsync(stop);
            Keep(queue.TakeAll());
            _more.Wake();
        }
    }

    /// <summary>Writes the results to the buffer. A result that cannot be written is dropped without affecting the others.</summary>
    private void Keep(IReadOnlyList<CheckResult> results)
    {
        try
        {
            buffer.Append(results);
        }
        catch (Exception) when (results.Count > 1)
        {
            foreach (var result in results) Keep([result]);
        }
        catch (Exception fault)
        {
            log.LogError(fault, "A result of monitor {Monitor} for minute {Minute} could not be written to the buffer and was dropped", results[0].MonitorId, results[0].Minute);
            meter.Dropped(1);
        }
    }

    private async Task ReportAsync(CancellationToken stop)
    {
        await lifetime.StartedAsync(stop);
        var backoff = new Backoff(clock);
        // What an earlier run left is in the buffer.
        _more.Wake();
        while (true)
        {
            await _more.WaitAsync(stop);
            await Task.Delay(Gathering, clock, stop);
            while (!await TrySendAllAsync(backoff, stop)) await backoff.WaitAsync(stop);
        }
    }

    /// <summary>Returns false if the gateway or the disk fails; the caller retries.</summary>
    private async Task<bool> TrySendAllAsync(Backoff backoff, CancellationToken stop)
    {
        try
        {
            while (buffer.Peek(Most) is { } batch)
            {
                if (!await SendAsync(batch, stop)) return false;
                backoff.Reset();
            }
            _isFailing = false;
            return true;
        }
        catch (Exception fault) when (!stop.IsCancellationRequested)
        {
            if (!_isFailing) log.LogError(fault, "Results could not be reported; the agent retries");
            _isFailing = true;
            return false;
        }
    }

    private async Task<bool> SendAsync(Batch batch, CancellationToken cancel)
    {
        if (!await SendAsync(batch.Results, cancel)) return false;
        buffer.Acknowledge(batch);
        return true;
    }

    /// <summary>
    /// Returns true once the results are done with: stored, or rejected permanently, which is decided for each by halving the list.
    /// </summary>
    private async Task<bool> SendAsync(IReadOnlyList<CheckResult> results, CancellationToken cancel)
    {
        if (results.Count == 0) return true;
        var reported = await gateway.ReportAsync(results, cancel);
        if (reported != Reported.Refused) return reported == Reported.Stored;
        if (results.Count > 1)
        {
            var half = results.Count / 2;
            return await SendAsync([.. results.Take(half)], cancel) && await SendAsync([.. results.Skip(half)], cancel);
        }
        log.LogWarning("The gateway rejected a result of monitor {Monitor} for minute {Minute}; it was dropped", results[0].MonitorId, results[0].Minute);
        meter.Dropped(1);
        return true;
    }
}

using Kener.Agent.Gateway;
using Kener.Contracts;

namespace Kener.Agent.Results;

/// <summary>
/// Brings results from the checks to the gateway, in order and by way of the buffer on disk, so that it does not matter whether the gateway
/// is there, nor whether this process ends before it is.
/// </summary>
internal sealed class Reporter(
    ResultQueue queue, ResultBuffer buffer, GatewayClient gateway, AgentMeter meter, IHostApplicationLifetime lifetime, TimeProvider clock,
    ILogger<Reporter> log) : BackgroundService
{
    private const int Most = 1_000;
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100), LastWords = TimeSpan.FromSeconds(3);
    private readonly SemaphoreSlim _more = new(1, 1);
    private bool _isFailing;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // No check begins any more, and what ended is here: it goes to the gateway if that is there, and else stays for the next start.
        Keep(queue.TakeAll());
        using var patience = new CancellationTokenSource(LastWords, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            while (buffer.Peek(Most) is { } batch && await SendAsync(batch, either.Token)) { }
        }
        catch (OperationCanceledException)
        {
            // It stays.
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        lifetime.UntilStoppingAsync(stop => Task.WhenAll(KeepAsync(stop), ReportAsync(stop)), stoppingToken);

    public override void Dispose()
    {
        _more.Dispose();
        base.Dispose();
    }

    private async Task KeepAsync(CancellationToken stop)
    {
        while (true)
        {
            await queue.WaitAsync(stop);
            Keep(queue.TakeAll());
            if (_more.CurrentCount == 0) _more.Release();
        }
    }

    /// <summary>Into the buffer. A result that cannot be written is dropped, and takes no other with it.</summary>
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
            log.LogError(fault, "A result of monitor {Monitor} for {Minute} cannot be written; it is dropped", results[0].MonitorId, results[0].Minute);
            meter.Dropped(1);
        }
    }

    private async Task ReportAsync(CancellationToken stop)
    {
        await lifetime.StartedAsync(stop);
        var backoff = new Backoff(clock);
        while (true)
        {
            await _more.WaitAsync(stop);
            await Task.Delay(Gathering, clock, stop);
            while (!await TrySendAllAsync(backoff, stop)) await backoff.WaitAsync(stop);
        }
    }

    /// <summary>False when the gateway, or the disk, does not do its part now.</summary>
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
            if (!_isFailing) log.LogError(fault, "Results cannot be reported; trying on");
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

    /// <summary>True when these are done with: stored, or refused for good, each by itself.</summary>
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
        log.LogWarning("The gateway refuses a result of monitor {Monitor} for {Minute}; it is dropped", results[0].MonitorId, results[0].Minute);
        meter.Dropped(1);
        return true;
    }
}

using Aspire.Hosting;

namespace Kener.LocalHosting;

/// <summary>
/// A unit from its start to its end: what dies is started again, on the same port, after a pause that doubles while it goes on dying. Only
/// what gives up by itself before it was ever ready stops the start of all: it has said why.
/// </summary>
internal sealed class Life(Unit unit, Spawner spawner, Leftovers leftovers, Terminal terminal, TimeProvider clock) : IDisposable
{
    private const int BySignal = 128, LastLines = 30;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.2), LongestPause = TimeSpan.FromSeconds(10), Stable = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20), StartPatience = TimeSpan.FromMinutes(2), Look = TimeSpan.FromMilliseconds(200);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<string> _lines = [];
    private Task _all = Task.CompletedTask;

    public Unit Unit => unit;

    /// <summary>Comes when it could be used for the first time.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Runs it until <see cref="StopAsync"/>; fails where it can not be started.</summary>
    public Task RunAsync(IEnumerable<Life> after) => _all = RunAsync([.. after.Select(one => one.Ready)], _stop.Token);

    /// <summary>Ends it; returns when it is gone.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        // How it ended is told by RunAsync's own task.
        await _all.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync(Task[] after, CancellationToken stop)
    {
        try
        {
            await Task.WhenAll(after).WaitAsync(stop);
            await unit.PrepareAsync(stop);
            if (unit.CommandAsync is null) await BecomeReadyAsync(stop);
            else await KeepRunningAsync(unit.CommandAsync, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped before it ran.
        }
    }

    private async Task KeepRunningAsync(Func<CancellationToken, Task<Command>> commandAsync, CancellationToken stop)
    {
        var pause = ShortestPause;
        while (true)
        {
            var since = clock.GetTimestamp();
            var code = await LiveAsync(await commandAsync(stop), stop);
            if (stop.IsCancellationRequested) return;
            if (!unit.IsService) Tell();
            if (!Ready.IsCompleted && code < BySignal) throw new DistributedApplicationException($"{unit.Name} ended with code {code} before it was ready; its lines above say why.");
            if (clock.GetElapsedTime(since) > Stable) pause = ShortestPause;
            terminal.Say(unit.Name, $"ended with code {code}; it is started again in {pause.TotalSeconds:0.#} s");
            await Task.Delay(pause, clock, stop);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<int> LiveAsync(Command command, CancellationToken stop)
    {
        using var child = await Child.StartAsync(command, spawner, leftovers, Hear);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var ready = Ready.IsCompleted ? Task.CompletedTask : BecomeReadyAsync(over.Token);
        try
        {
            await Task.WhenAny(child.Ended, FailureOf(ready)).WaitAsync(stop);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
        await child.StopAsync(StopPatience, clock);
        await over.CancelAsync();
        try
        {
            await ready;
        }
        catch (OperationCanceledException)
        {
            // It has died, or was stopped, before it was ready.
        }
        return await child.Ended;
    }

    private async Task BecomeReadyAsync(CancellationToken cancel)
    {
        var since = clock.GetTimestamp();
        while (true)
        {
            try
            {
                await unit.TryAsync(cancel);
                if (_ready.TrySetResult() && unit.IsListed) terminal.Say(unit.Name, $"is ready after {clock.GetElapsedTime(since).TotalSeconds:0.0} s");
                return;
            }
            catch (Exception fault) when (fault is not DistributedApplicationException && !cancel.IsCancellationRequested)
            {
                if (clock.GetElapsedTime(since) > StartPatience)
                    throw new DistributedApplicationException($"{unit.Name} ({unit.Where}) was not ready within {StartPatience.TotalMinutes:0} minutes: {fault.Message}");
            }
            await Task.Delay(Look, clock, cancel);
        }
    }

    /// <summary>Comes only when the task fails.</summary>
    private static async Task FailureOf(Task task)
    {
        await task;
        await Task.Delay(Timeout.Infinite);
    }

    private void Hear(string line)
    {
        // Whom we end during his start has nothing to tell.
        if (_stop.IsCancellationRequested && !Ready.IsCompleted) return;
        if (unit.IsService)
        {
            terminal.Say(unit.Name, line);
            return;
        }
        lock (_lines)
        {
            _lines.Enqueue(line);
            while (_lines.Count > LastLines) _lines.Dequeue();
        }
    }

    private void Tell()
    {
        lock (_lines)
        {
            while (_lines.TryDequeue(out var line)) terminal.Say(unit.Name, line);
        }
    }
}

using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Kener.LocalHosting;

/// <summary>Starts all of the model at once, each when what it waits for is ready; ends it in the reverse order.</summary>
internal sealed class Orchestrator(
    IReadOnlyList<IResource> resources, DataFolder folder, Spawner spawner, Terminal terminal, IConfiguration configuration,
    IHostApplicationLifetime lifetime, TimeProvider clock) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private IReadOnlyList<Life> _lives = [];
    private Task _start = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // Not waited for, so that Ctrl-C is heard meanwhile.
        _start = StartOrExplainAsync();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _start;
        var ends = new Dictionary<Unit, Task>();
        // Who uses or awaits another comes later in the list, so its end is known here.
        foreach (var life in _lives.Reverse()) ends[life.Unit] = StopAsync(life, [.. ends.Where(end => Needs(end.Key, life.Unit)).Select(end => end.Value)]);
        await Task.WhenAll(ends.Values);
        if (_lives.Count == 0) return;
        folder.Leftovers.Forget();
        terminal.Say("All is stopped.");
    }

    public void Dispose()
    {
        foreach (var life in _lives) life.Dispose();
        _stop.Dispose();
    }

    private static async Task StopAsync(Life life, Task[] after)
    {
        await Task.WhenAll(after);
        await life.StopAsync();
    }

    private static bool Needs(Unit one, Unit other) => one.Uses.Contains(other) || one.After.Contains(other);

    private async Task StartOrExplainAsync()
    {
        try
        {
            await StartAllAsync(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Stopped during the start.
        }
        catch (Exception fault)
        {
            terminal.Fail(fault is DistributedApplicationException ? fault.Message : fault.ToString());
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private async Task StartAllAsync(CancellationToken stop)
    {
        var since = clock.GetTimestamp();
        folder.Claim();
        await folder.Leftovers.EndAsync(clock, stop);
        var units = new Plan(resources, folder, terminal, configuration).Make();
        var lives = units.ToDictionary(unit => unit, unit => new Life(unit, spawner, folder.Leftovers, terminal, clock));
        _lives = [.. lives.Values];
        terminal.Say($"Starting {string.Join(", ", units.Where(unit => unit.IsListed).Select(unit => unit.Name))} …");
        var runs = lives.Values.Select(life => life.RunAsync(life.Unit.After.Select(other => lives[other]))).ToList();
        var failure = FirstFailureOf(runs);
        if (await Task.WhenAny(Task.WhenAll(lives.Values.Select(life => life.Ready)), failure).WaitAsync(stop) == failure) await failure;
        Table.Write(terminal, units, folder, clock.GetElapsedTime(since));
        await failure.WaitAsync(stop);
    }

    /// <summary>Comes when one fails, and as long as none does, not at all.</summary>
    private static async Task FirstFailureOf(List<Task> runs)
    {
        await foreach (var run in Task.WhenEach(runs)) await run;
        await Task.Delay(Timeout.Infinite);
    }
}

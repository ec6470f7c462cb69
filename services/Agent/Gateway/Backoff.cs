using Kener.ServiceDefaults;

namespace Kener.Agent.Gateway;

/// <summary>Waits longer after each consecutive failure, with random jitter, so that agents do not return all at the same instant.</summary>
internal sealed class Backoff(TimeProvider clock)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.25), Longest = TimeSpan.FromSeconds(10);
    private int _failures;

    public void Reset() => _failures = 0;

    public Task WaitAsync(CancellationToken cancel)
    {
        var pause = Retries.PauseAfter(++_failures, First, Longest);
        return Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), clock, cancel);
    }
}

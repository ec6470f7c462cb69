namespace Kener.ServiceDefaults;

/// <summary>Tries again what failed, after a pause.</summary>
public static class Retries
{
    /// <summary>Returns the pause after that many failures in a row: the first, doubled with each failure, at most the longest.</summary>
    public static TimeSpan PauseAfter(int failures, TimeSpan first, TimeSpan longest) =>
        first * Math.Pow(2, Math.Min(failures, 30) - 1) is var pause && pause < longest ? pause : longest;

    /// <summary>
    /// Runs the work until it succeeds. After a failure, <paramref name="pauseAfter"/> gets the fault and the number of failures so far; it
    /// returns the pause before the next try, or null for a fault that is thrown.
    /// </summary>
    public static async Task UntilDoneAsync(Func<Task> work, Func<Exception, int, TimeSpan?> pauseAfter, TimeProvider clock, CancellationToken cancel)
    {
        for (var failures = 1; ; failures++)
        {
            TimeSpan pause;
            try
            {
                await work();
                return;
            }
            catch (Exception fault) when (!cancel.IsCancellationRequested)
            {
                if (pauseAfter(fault, failures) is not { } known) throw;
                pause = known;
            }
            await Task.Delay(pause, clock, cancel);
        }
    }
}

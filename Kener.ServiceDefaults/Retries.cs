namespace Kener.ServiceDefaults;

/// <summary>Retries failed work after a pause.</summary>
public static class Retries
{
    /// <summary>
    /// Returns the pause after this many failures in a row: <paramref name="first"/>, doubled with each further failure, at most
    /// <paramref name="longest"/>.
    /// </summary>
    public static TimeSpan PauseAfter(int failures, TimeSpan first, TimeSpan longest) =>
        first * Math.Pow(2, Math.Min(failures, 30) - 1) is var pause && pause < longest ? pause : longest;

    /// <summary>
    /// Runs the work until it succeeds. After a failure, <paramref name="pauseAfter"/> gets the exception and the number of failures so far, and
    /// returns the pause before the next attempt, or null to rethrow the exception.
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

using Microsoft.Extensions.Logging;

namespace Kener.ServiceDefaults;

/// <summary>Runs background work once a day.</summary>
public static class Daily
{
    /// <summary>
    /// Runs the work each day at this time after midnight UTC, until it is cancelled. A failure is logged with <paramref name="what"/>, the work's
    /// name; the next attempt is on the next day.
    /// </summary>
    public static async Task RunAsync(string what, TimeSpan afterMidnight, Func<CancellationToken, Task> work, TimeProvider clock, ILogger log, CancellationToken cancel)
    {
        while (true)
        {
            var now = clock.GetUtcNow();
            var next = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(1) + afterMidnight;
            await Task.Delay(next - now, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancel.IsCancellationRequested) return;
            try
            {
                await work(cancel);
            }
            catch (Exception fault) when (!cancel.IsCancellationRequested)
            {
                log.LogWarning(fault, "{What} failed; the next attempt is tomorrow", what);
            }
        }
    }
}

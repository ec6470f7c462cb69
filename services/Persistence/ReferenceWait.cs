namespace Kener.Persistence;

/// <summary>
/// Waits for references to entities of other services that are not known yet (Behavior: REF-1), for up to half a second. At most 32 requests
/// of this process wait at once; further ones are answered by what is known.
/// </summary>
public sealed class ReferenceWait(TimeProvider clock)
{
    private static readonly TimeSpan AtMost = TimeSpan.FromMilliseconds(500), Step = TimeSpan.FromMilliseconds(20);
    private const int Places = 32;
    private int _waiting;

    /// <summary>Polls <paramref name="isKnown"/> until it is true or the time is up; returns its last result. Must not hold a transaction.</summary>
    public async Task<bool> UntilAsync(Func<Task<bool>> isKnown, CancellationToken cancel)
    {
        if (await isKnown()) return true;
        try
        {
            if (Interlocked.Increment(ref _waiting) > Places) return false;
            var start = clock.GetTimestamp();
            while (clock.GetElapsedTime(start) < AtMost)
            {
                await Task.Delay(Step, clock, cancel);
                if (await isKnown()) return true;
            }
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}

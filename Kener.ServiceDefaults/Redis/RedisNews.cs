namespace Kener.ServiceDefaults.Redis;

/// <summary>
/// Tracks when Redis last answered, and when it last had a new confirmation of the pages: decides whether the gateway must query the owners.
/// </summary>
internal sealed class RedisNews(TimeProvider clock)
{
    // The gateway polls Redis once a second, and the owner of the pages confirms them there as often.
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(1_300), Stillness = TimeSpan.FromSeconds(3);
    private long _heard, _confirmed;

    /// <summary>Records that Redis answered.</summary>
    public void Heard() => Volatile.Write(ref _heard, clock.GetTimestamp());

    /// <summary>Records that Redis had a newer confirmation than before.</summary>
    public void Confirmed() => Volatile.Write(ref _confirmed, clock.GetTimestamp());

    /// <summary>Records that Redis failed, so that the owners are queried at once.</summary>
    public void Failed() => Volatile.Write(ref _heard, 0);

    /// <summary>Whether Redis does not answer, or has nothing new.</summary>
    public bool AreMissed => !Since(ref _heard, Silence) || !Since(ref _confirmed, Stillness);

    private bool Since(ref long instant, TimeSpan span) =>
        Volatile.Read(ref instant) is not 0 and var then && clock.GetElapsedTime(then) < span;
}

namespace Kener.ServiceDefaults;

/// <summary>When the gateway last heard of Redis, and when Redis last had something new of the pages: tells whether owners must be asked.</summary>
internal sealed class RedisNews(TimeProvider clock)
{
    // Redis is looked at once a second, and the owner of the pages confirms them there as often.
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(1_300), Stillness = TimeSpan.FromSeconds(3);
    private long _heard, _confirmed;

    /// <summary>Redis has answered.</summary>
    public void Heard() => Volatile.Write(ref _heard, clock.GetTimestamp());

    /// <summary>Redis had a newer confirmation than before.</summary>
    public void Confirmed() => Volatile.Write(ref _confirmed, clock.GetTimestamp());

    /// <summary>Redis has failed: there is nothing to wait for.</summary>
    public void Failed() => Volatile.Write(ref _heard, 0);

    /// <summary>Redis says nothing, or nothing new.</summary>
    public bool AreMissed => !Since(ref _heard, Silence) || !Since(ref _confirmed, Stillness);

    private bool Since(ref long instant, TimeSpan span) =>
        Volatile.Read(ref instant) is not 0 and var then && clock.GetElapsedTime(then) < span;
}

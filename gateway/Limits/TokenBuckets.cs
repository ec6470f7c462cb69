using System.Collections.Concurrent;

namespace Kener.Gateway.Limits;

/// <summary>A bucket of tokens for each who: it fills at a rate up to a size, and each request takes one.</summary>
internal sealed class TokenBuckets<TWho>(double perSecond, double size, TimeProvider clock) where TWho : notnull
{
    private const int Most = 20_000;
    private readonly ConcurrentDictionary<TWho, Bucket> _buckets = new();

    /// <summary>Takes a token; false where there is none.</summary>
    public bool TryTake(TWho who)
    {
        var now = clock.GetTimestamp();
        // A flood from ever new addresses must not fill the memory. Full buckets are as good as none.
        if (_buckets.Count >= Most) DropFull(now);
        var bucket = _buckets.GetOrAdd(who, static (_, start) => new Bucket { Tokens = start.size, At = start.now }, (size, now));
        lock (bucket)
        {
            Fill(bucket, now);
            if (bucket.Tokens < 1) return false;
            bucket.Tokens--;
            return true;
        }
    }

    private void Fill(Bucket bucket, long now)
    {
        bucket.Tokens = Math.Min(size, bucket.Tokens + (clock.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond));
        bucket.At = now;
    }

    private void DropFull(long now)
    {
        foreach (var (who, bucket) in _buckets)
        {
            lock (bucket)
            {
                Fill(bucket, now);
                if (bucket.Tokens >= size) _buckets.TryRemove(who, out _);
            }
        }
        if (_buckets.Count >= Most) _buckets.Clear();
    }

    private sealed class Bucket
    {
        public double Tokens { get; set; }
        public long At { get; set; }
    }
}

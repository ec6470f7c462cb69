namespace Kener.ServiceDefaults.Limits;

/// <summary>A bucket of tokens per client: it fills at a rate up to a size, and each request takes one.</summary>
/// <remarks>
/// The number of buckets is bounded, because clients can invent addresses. Buckets are kept in two generations: when the newer one is full, it
/// becomes the older one, and the older one is dropped. A client that keeps sending requests keeps its bucket, which moves to the newer generation;
/// no request pays for a scan. System.Threading.RateLimiting would do the same, but its limiters read the machine's clock and accept no TimeProvider
/// (docs/adr/0020-libraries-for-what-is-not-ours.md).
/// </remarks>
/// <param name="perSecond">Tokens that a bucket gains in a second.</param>
/// <param name="size">Tokens that a bucket holds at most, and at first.</param>
/// <param name="clock">The clock.</param>
public sealed class TokenBuckets<TClient>(double perSecond, double size, TimeProvider clock) where TClient : notnull
{
    private const int MostPerGeneration = 10_000;
    private readonly Lock _gate = new();
    private Dictionary<TClient, Bucket> _newer = [], _older = [];

    /// <summary>Takes a token; returns false if there is none.</summary>
    public bool TryTake(TClient client)
    {
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            var bucket = Find(client, now);
            bucket.Tokens = Math.Min(size, bucket.Tokens + (clock.GetElapsedTime(bucket.At, now).TotalSeconds * perSecond));
            bucket.At = now;
            if (bucket.Tokens < 1) return false;
            bucket.Tokens--;
            return true;
        }
    }

    private Bucket Find(TClient client, long now)
    {
        if (_newer.TryGetValue(client, out var known)) return known;
        if (!_older.Remove(client, out var bucket)) bucket = new Bucket { Tokens = size, At = now };
        if (_newer.Count >= MostPerGeneration) (_newer, _older) = ([], _newer);
        return _newer[client] = bucket;
    }

    private sealed class Bucket
    {
        public double Tokens { get; set; }
        public long At { get; set; }
    }
}

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Kener.ServiceDefaults;

/// <summary>Bytes ready to be answered: a page, or a set of facts such as the API keys. Immutable.</summary>
public sealed record Snapshot
{
    private static readonly ConditionalWeakTable<byte[], byte[]> InGzip = [];

    /// <summary>"page:/" and other paths for pages; "keys" for the API keys.</summary>
    public required string Key { get; init; }
    /// <summary>Grows with each change of that key's bytes.</summary>
    public required long Version { get; init; }
    /// <summary>HTTP's Content-Type.</summary>
    public required string ContentType { get; init; }
    /// <summary>Strong validator with its quotes; the same for the same bytes.</summary>
    public required string ETag { get; init; }
    /// <summary>The bytes themselves.</summary>
    public required byte[] Body { get; init; }
    /// <summary>The bytes in brotli, where worth it.</summary>
    public byte[]? Brotli { get; init; }
    /// <summary>The bytes in gzip, where they are there in brotli: made when first asked for, as nearly all who ask take brotli, and kept.</summary>
    public byte[]? Gzip => Brotli is null ? null : InGzip.GetValue(Body, Packing.Gzip);
    /// <summary>Content-Security-Policy of the page, with the hashes of its own style and script.</summary>
    public string? ContentSecurityPolicy { get; init; }
    /// <summary>When it was made, Unix milliseconds.</summary>
    public long MadeMs { get; init; }

    internal bool HasSameContent(Snapshot other) =>
        Version == other.Version && ETag == other.ETag && ContentType == other.ContentType && ContentSecurityPolicy == other.ContentSecurityPolicy
        && Body.AsSpan().SequenceEqual(other.Body) && Brotli.AsSpan().SequenceEqual(other.Brotli);
}

/// <summary>
/// The newest snapshot of each key, in memory. One process: Status and Accounts put, the gateway takes. Several: the owner's board is
/// mirrored to Redis, the gateway's follows it.
/// </summary>
public sealed class SnapshotBoard(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, Snapshot> _byKey = new(StringComparer.Ordinal);
    private long _confirmedMs = clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Of this board alone: tells the boards of replicas apart.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Told of each snapshot that was taken in, and of each removal (null). On the publisher's thread: be quick, never throw.</summary>
    public event Action<string, Snapshot?>? Changed;

    /// <summary>The newest of that key; null where there is none.</summary>
    public Snapshot? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>All that is there now.</summary>
    public IReadOnlyCollection<Snapshot> All => [.. _byKey.Values];

    /// <summary>Takes it in unless the board has the same version or a newer one; says whether it did.</summary>
    public bool Publish(Snapshot snapshot)
    {
        while (true)
        {
            if (_byKey.TryGetValue(snapshot.Key, out var known))
            {
                if (known.Version >= snapshot.Version) return false;
                if (!_byKey.TryUpdate(snapshot.Key, snapshot, known)) continue;
            }
            else if (!_byKey.TryAdd(snapshot.Key, snapshot))
            {
                continue;
            }
            Changed?.Invoke(snapshot.Key, snapshot);
            return true;
        }
    }

    /// <summary>Takes it in also in place of a newer version: its owner says that there is no such version.</summary>
    public void Replace(Snapshot snapshot)
    {
        if (_byKey.TryGetValue(snapshot.Key, out var known) && known.HasSameContent(snapshot)) return;
        _byKey[snapshot.Key] = snapshot;
        Changed?.Invoke(snapshot.Key, snapshot);
    }

    /// <summary>Forgets a key.</summary>
    public void Remove(string key)
    {
        if (_byKey.TryRemove(key, out _)) Changed?.Invoke(key, null);
    }

    /// <summary>The owner of the pages says: what is here is still true now.</summary>
    public void Confirm() => Volatile.Write(ref _confirmedMs, clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>What is here was true then, Unix milliseconds: for a board that takes in what another process said before.</summary>
    public void ConfirmedAt(long ms) => Volatile.Write(ref _confirmedMs, Math.Clamp(ms, 0, clock.GetUtcNow().ToUnixTimeMilliseconds()));

    /// <summary>When the pages were last known to be true, Unix milliseconds.</summary>
    public long ConfirmedMs => Volatile.Read(ref _confirmedMs);
}

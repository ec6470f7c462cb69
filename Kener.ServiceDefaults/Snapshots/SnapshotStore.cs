using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Kener.ServiceDefaults.Snapshots;

/// <summary>Bytes ready to be sent: a page, or data such as the API keys. Immutable.</summary>
public sealed record Snapshot
{
    private static readonly ConditionalWeakTable<byte[], byte[]> InGzip = [];

    /// <summary>"page:" and the path for a page, such as "page:/"; "keys" for the API keys.</summary>
    public required string Key { get; init; }
    /// <summary>Grows with each change of the key's bytes.</summary>
    public required long Version { get; init; }
    /// <summary>HTTP's Content-Type.</summary>
    public required string ContentType { get; init; }
    /// <summary>The strong validator, in quotes; the same for the same bytes.</summary>
    public required string ETag { get; init; }
    /// <summary>The bytes themselves.</summary>
    public required byte[] Body { get; init; }
    /// <summary>The bytes compressed with brotli, if that is worth it.</summary>
    public byte[]? Brotli { get; init; }
    /// <summary>
    /// The bytes compressed with gzip, if they are also compressed with brotli. Made at the first request, because nearly all clients accept brotli,
    /// and then kept.
    /// </summary>
    public byte[]? Gzip => Brotli is null ? null : InGzip.GetValue(Body, Packing.Gzip);
    /// <summary>The Content-Security-Policy of the page, with the hashes of its own style and script.</summary>
    public string? ContentSecurityPolicy { get; init; }
    /// <summary>When it was made, in Unix milliseconds.</summary>
    public long MadeMs { get; init; }

    internal bool HasSameContent(Snapshot other) =>
        Version == other.Version && ETag == other.ETag && ContentType == other.ContentType && ContentSecurityPolicy == other.ContentSecurityPolicy
        && Body.AsSpan().SequenceEqual(other.Body) && Brotli.AsSpan().SequenceEqual(other.Brotli);
}

/// <summary>
/// Holds the newest snapshot of each key in memory. In one process, Status and Accounts write to it and the gateway reads from it. Distributed, the
/// owner's store is mirrored to Redis, and the gateway's store follows Redis.
/// </summary>
public sealed class SnapshotStore(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, Snapshot> _byKey = new(StringComparer.Ordinal);
    private long _confirmedMs = clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Identifies this store among those of the replicas.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N");

    /// <summary>
    /// Raised for each snapshot that is stored, and for each removal (null). Runs on the publisher's thread: handlers must be quick and must not
    /// throw.
    /// </summary>
    public event Action<string, Snapshot?>? Changed;

    /// <summary>Returns the newest snapshot of the key; null if there is none.</summary>
    public Snapshot? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>All snapshots of this moment.</summary>
    public IReadOnlyCollection<Snapshot> All => [.. _byKey.Values];

    /// <summary>Stores the snapshot unless the store has the same version or a newer one; returns whether it did.</summary>
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

    /// <summary>Stores the snapshot even in place of a newer version, because its owner says that there is no such version.</summary>
    public void Replace(Snapshot snapshot)
    {
        if (_byKey.TryGetValue(snapshot.Key, out var known) && known.HasSameContent(snapshot)) return;
        _byKey[snapshot.Key] = snapshot;
        Changed?.Invoke(snapshot.Key, snapshot);
    }

    /// <summary>Removes a key.</summary>
    public void Remove(string key)
    {
        if (_byKey.TryRemove(key, out _)) Changed?.Invoke(key, null);
    }

    /// <summary>Records that the owner of the pages confirms them as up to date now.</summary>
    public void Confirm() => Volatile.Write(ref _confirmedMs, clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>
    /// Records that the pages were up to date at <paramref name="ms"/>, in Unix milliseconds: for a store that receives what another process
    /// confirmed earlier.
    /// </summary>
    public void ConfirmedAt(long ms) => Volatile.Write(ref _confirmedMs, Math.Clamp(ms, 0, clock.GetUtcNow().ToUnixTimeMilliseconds()));

    /// <summary>When the pages were last known to be up to date, in Unix milliseconds.</summary>
    public long ConfirmedMs => Volatile.Read(ref _confirmedMs);
}

using System.Collections.Concurrent;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Snapshots;
using Microsoft.Extensions.Logging;

namespace Kener.ServiceDefaults.Redis;

/// <summary>
/// Validates every snapshot that the gateway receives from another process, through Redis or over HTTP. An invalid one is logged once for its key,
/// skipped, and requested from its owner; the store keeps what it has.
/// </summary>
internal sealed class SnapshotIntake(SnapshotStore board, TimeProvider clock, ILogger<SnapshotIntake> log)
{
    /// <summary>The maximum size of a snapshot in bytes.</summary>
    public const int LargestSnapshot = 32 << 20;
    /// <summary>The maximum length of a key in characters.</summary>
    public const int LongestKey = 512;
    /// <summary>The maximum number of snapshots.</summary>
    public const int MostSnapshots = 100_000;

    private const int MostLogged = 100, LongestPolicy = 8 * 1024, LongestETag = 100;
    private const string FactsType = "application/json";
    // Versions are Unix milliseconds, or count up from 1. One far in the future would keep the owner's own versions out for years.
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, string> _refused = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Snapshot> _doubted = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _owned = new(StringComparer.Ordinal);
    private volatile bool _isWanted;

    /// <summary>
    /// Whether the owners must be queried: a value was refused, or Redis has an older version than the store. As long as Redis has an unusable value
    /// under one of their keys, it may refuse their snapshot, so they are queried again and again.
    /// </summary>
    public bool AsksOwners => _isWanted || !_doubted.IsEmpty || !_owned.IsEmpty;

    /// <summary>Returns whether a snapshot can have the key.</summary>
    public static bool IsKey(string key) =>
        key == PublishedKeys.SnapshotKey || (key.Length <= LongestKey && key.StartsWith(SnapshotKeys.Pages, StringComparison.Ordinal) && IsVisible(key));

    /// <summary>Parses a version; returns null if it is not a number, or if no owner could have reached it by now.</summary>
    public long? VersionOf(string? digits) =>
        digits is { Length: > 0 and <= 16 } && digits.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 && long.Parse(digits, null) is var version && IsVersion(version) ? version : null;

    /// <summary>Returns whether an owner could have reached the version by now.</summary>
    public bool IsVersion(long version) => version > 0 && version <= LatestVersion(clock);

    /// <summary>Returns whether an owner could have confirmed the pages at <paramref name="ms"/>, in Unix milliseconds, by now.</summary>
    public bool IsTime(long ms) => ms > 0 && ms <= LatestVersion(clock);

    /// <summary>Returns the highest version that an owner can have reached by now.</summary>
    public static long LatestVersion(TimeProvider clock) => (clock.GetUtcNow() + Ahead).ToUnixTimeMilliseconds();

    /// <summary>Stores what Redis has under the key and version, if it is valid.</summary>
    public void Take(string key, long version, byte[] bytes, bool replaces = false)
    {
        var (snapshot, fault) = SnapshotBytes.Read(bytes);
        if (snapshot is null) Refuse(key, fault!);
        else if (Take(key, version, snapshot, replaces)) Accept(key);
    }

    /// <summary>
    /// Stores a snapshot that was received under the key and version if it is valid, and returns whether it was. With <paramref name="replaces"/>, it
    /// also replaces the same version or a newer one.
    /// </summary>
    public bool Take(string key, long version, Snapshot snapshot, bool replaces = false)
    {
        if (FaultOf(snapshot, key, version) is { } fault)
        {
            Refuse(key, fault);
            return false;
        }
        if (replaces) board.Replace(snapshot);
        else board.Publish(snapshot);
        return true;
    }

    /// <summary>Records that the value under the key cannot be used: logs it once, and has its owner queried.</summary>
    public void Refuse(string key, string fault)
    {
        _isWanted = true;
        if (_refused.TryGetValue(key, out var known) && known == fault) return;
        // If Redis is full of such keys, logging each would fill the log, and recording each the memory.
        if (known is null && _refused.Count >= MostLogged) return;
        _refused[key] = fault;
        log.LogWarning("The snapshot {Key} from another process is not used: {Fault}. It is requested from its owner", Printable(key), fault);
    }

    /// <summary>Forgets what was recorded for keys that Redis no longer has.</summary>
    public void Retain(IReadOnlySet<string> keys)
    {
        foreach (var key in _refused.Keys.Where(key => !keys.Contains(key))) Accept(key);
        foreach (var key in _doubted.Keys.Where(key => !keys.Contains(key))) _doubted.TryRemove(key, out _);
    }

    /// <summary>Records that an owner has a snapshot of the key, if that of Redis was refused.</summary>
    public void Own(string key)
    {
        if (_refused.ContainsKey(key)) _owned[key] = true;
    }

    /// <summary>Begins a round of queries to the owners: a value that is refused from now on needs another round.</summary>
    public void BeginRound() => _isWanted = false;

    /// <summary>Records that an owner did not answer, so that what was refused is still to be fetched.</summary>
    public void FailRound() => _isWanted |= !_refused.IsEmpty;

    /// <summary>
    /// Records that Redis has an older version than the store: either an owner did not reach Redis, or the store has a snapshot that no owner wrote.
    /// </summary>
    public void Doubt(Snapshot snapshot) => _doubted[snapshot.Key] = snapshot;

    /// <summary>Clears the doubt about a key: Redis or its owner has a version that is at least as new as the store's.</summary>
    public void Trust(string key)
    {
        if (!_doubted.IsEmpty) _doubted.TryRemove(key, out _);
    }

    /// <summary>Returns whether the snapshot is the one that is in doubt.</summary>
    public bool IsDoubted(Snapshot snapshot) => _doubted.TryGetValue(snapshot.Key, out var doubted) && ReferenceEquals(doubted, snapshot);

    private void Accept(string key)
    {
        _refused.TryRemove(key, out _);
        _owned.TryRemove(key, out _);
    }

    private string? FaultOf(Snapshot snapshot, string key, long version)
    {
        if (!IsKey(key) || snapshot.Key != key) return "it has another key";
        if (snapshot.Version != version || !IsVersion(version)) return "its version is not the one that was announced, or too far ahead";
        if (!IsETag(snapshot.ETag)) return "its ETag cannot be sent";
        if (snapshot.ContentSecurityPolicy is { } policy && (policy.Length is 0 or > LongestPolicy || !IsPrintable(policy))) return "its Content-Security-Policy cannot be sent";
        var isFacts = key is PublishedKeys.SnapshotKey or PublishedSite.SnapshotKey;
        if (snapshot.ContentType != (isFacts ? FactsType : PageAddress.ContentTypeOf(key))) return "its Content-Type is unknown";
        return key switch
        {
            PublishedKeys.SnapshotKey when PublishedKeys.TryFrom(snapshot) is null => "the API keys in it cannot be read",
            PublishedSite.SnapshotKey when PublishedSite.TryFrom(snapshot) is null => "the site in it cannot be read",
            _ => null,
        };
    }

    /// <summary>Returns whether the text is a strong validator in quotes.</summary>
    private static bool IsETag(string text) =>
        text is ['"', _, .., '"'] && text.Length <= LongestETag && text[1..^1] is var inner && IsVisible(inner) && !inner.Contains('"', StringComparison.Ordinal);

    private static bool IsVisible(string text) => text.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0;

    private static bool IsPrintable(string text) => text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0;

    /// <summary>Returns the key in a form that is safe for a log line.</summary>
    private static string Printable(string key) => string.Concat(key.Take(100).Select(letter => letter is >= '!' and <= '~' ? letter : '?'));
}

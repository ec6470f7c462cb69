using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Kener.ServiceDefaults;

/// <summary>
/// The gateway's check of every snapshot that arrives from another process, through Redis or over HTTP. What fails is logged once for its key,
/// skipped, and requested from its owner; the board keeps what it has.
/// </summary>
internal sealed class SnapshotIntake(SnapshotBoard board, TimeProvider clock, ILogger<SnapshotIntake> log)
{
    /// <summary>Bytes of one snapshot.</summary>
    public const int LargestSnapshot = 32 << 20;
    /// <summary>Characters of a key.</summary>
    public const int LongestKey = 512;
    /// <summary>How many snapshots there may be.</summary>
    public const int MostSnapshots = 100_000;

    private const int MostLogged = 100, LongestPolicy = 8 * 1024, LongestETag = 100;
    private const string FactsType = "application/json";
    // Versions are Unix milliseconds, or count up from 1: what is beyond today's would keep the owner's own versions out for years.
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, string> _refused = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Snapshot> _doubted = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _owned = new(StringComparer.Ordinal);
    private volatile bool _isWanted;

    /// <summary>
    /// Whether the owners must be asked: something was refused, or Redis has an older version than the board. As long as Redis has something
    /// useless under a key of theirs, it may not take theirs, so they are asked again and again.
    /// </summary>
    public bool AsksOwners => _isWanted || !_doubted.IsEmpty || !_owned.IsEmpty;

    /// <summary>Whether a snapshot can have that key.</summary>
    public static bool IsKey(string key) =>
        key == PublishedKeys.SnapshotKey || (key.Length <= LongestKey && key.StartsWith(SnapshotKeys.Pages, StringComparison.Ordinal) && IsVisible(key));

    /// <summary>The version that these digits say; null where they say none that an owner could have made by now.</summary>
    public long? VersionOf(string? digits) =>
        digits is { Length: > 0 and <= 16 } && digits.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0 && long.Parse(digits, null) is var version && IsVersion(version) ? version : null;

    /// <summary>Whether an owner could have made that version by now.</summary>
    public bool IsVersion(long version) => version > 0 && version <= LatestVersion(clock);

    /// <summary>Whether an owner could have said by now that the pages are true at that time, Unix milliseconds.</summary>
    public bool IsTime(long ms) => ms > 0 && ms <= LatestVersion(clock);

    /// <summary>The newest version that an owner can have made by now.</summary>
    public static long LatestVersion(TimeProvider clock) => (clock.GetUtcNow() + Ahead).ToUnixTimeMilliseconds();

    /// <summary>Puts on the board what Redis has under that key and version, if it is fit for it.</summary>
    public void Take(string key, long version, byte[] bytes, bool replaces = false)
    {
        var (snapshot, fault) = SnapshotBytes.Read(bytes);
        if (snapshot is null) Refuse(key, fault!);
        else if (Take(key, version, snapshot, replaces)) Accept(key);
    }

    /// <summary>
    /// Puts on the board what came under that key and version, if it is fit for it, and says whether it was. Where <paramref name="replaces"/> says
    /// so, also in place of the same version or of a newer one.
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

    /// <summary>Notes that what is stored under that key cannot be used: logs it once, and has its owner asked.</summary>
    public void Refuse(string key, string fault)
    {
        _isWanted = true;
        if (_refused.TryGetValue(key, out var known) && known == fault) return;
        // Where Redis is full of such keys, a line for each would fill the log, and a note for each the memory.
        if (known is null && _refused.Count >= MostLogged) return;
        _refused[key] = fault;
        log.LogWarning("The snapshot {Key} that came from another process is not used: {Fault}. Its owner is asked for it", Printable(key), fault);
    }

    /// <summary>These are the keys that Redis has now: what was noted of others is over.</summary>
    public void Retain(IReadOnlySet<string> keys)
    {
        foreach (var key in _refused.Keys.Where(key => !keys.Contains(key))) Accept(key);
        foreach (var key in _doubted.Keys.Where(key => !keys.Contains(key))) _doubted.TryRemove(key, out _);
    }

    /// <summary>An owner has a snapshot of that key.</summary>
    public void Own(string key)
    {
        if (_refused.ContainsKey(key)) _owned[key] = true;
    }

    /// <summary>Owners are about to be asked: what is refused from now on needs another round.</summary>
    public void BeginRound() => _isWanted = false;

    /// <summary>An owner did not answer, so what was refused is still to be had.</summary>
    public void FailRound() => _isWanted |= !_refused.IsEmpty;

    /// <summary>Redis has an older version than the board: either an owner did not reach Redis, or the board took what no owner wrote.</summary>
    public void Doubt(Snapshot snapshot) => _doubted[snapshot.Key] = snapshot;

    /// <summary>Redis and the board agree on that key, or its owner has said what is right.</summary>
    public void Trust(string key)
    {
        if (!_doubted.IsEmpty) _doubted.TryRemove(key, out _);
    }

    /// <summary>Whether that is the snapshot which is doubted.</summary>
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

    /// <summary>A strong validator in its quotes.</summary>
    private static bool IsETag(string text) =>
        text is ['"', _, .., '"'] && text.Length <= LongestETag && text[1..^1] is var inner && IsVisible(inner) && !inner.Contains('"', StringComparison.Ordinal);

    private static bool IsVisible(string text) => text.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0;

    private static bool IsPrintable(string text) => text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0;

    /// <summary>A key as a line of the log may show it.</summary>
    private static string Printable(string key) => string.Concat(key.Take(100).Select(letter => letter is >= '!' and <= '~' ? letter : '?'));
}

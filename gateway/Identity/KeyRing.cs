using System.Collections.Frozen;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Kener.Gateway.Identity;

/// <summary>A key that is known, and who comes with it.</summary>
internal sealed record KnownKey(Caller Caller, long? ExpiresAt);

/// <summary>
/// The API keys in memory, as the board has them, and the agents' key of the settings. Accounts may be away: what is here goes on.
/// </summary>
internal sealed class KeyRing : IDisposable
{
    private readonly SnapshotBoard _board;
    private readonly TimeProvider _clock;
    private readonly ILogger<KeyRing> _log;
    private readonly Lock _taking = new();
    private readonly Caller _agent = new("agent:static", [Permissions.AgentsReport]);
    private readonly string? _agentHash;
    private FrozenDictionary<string, KnownKey>? _byHash;

    public KeyRing(SnapshotBoard board, IOptions<KenerSettings> settings, TimeProvider clock, ILogger<KeyRing> log)
    {
        (_board, _clock, _log) = (board, clock, log);
        if (settings.Value.AgentKey is { } agents) _agentHash = KeyHash.Of(agents);
        board.Changed += Take;
        if (board.Find(PublishedKeys.SnapshotKey) is { } known) Take(known.Key, known);
    }

    /// <summary>Whether a set of keys has arrived at all.</summary>
    public bool IsThere => Volatile.Read(ref _byHash) is not null;

    /// <summary>Who brings that key; null where it is unknown, inactive or expired. Found by its hash, so the time tells nothing.</summary>
    public Caller? Find(string key)
    {
        var hash = KeyHash.Of(key);
        if (hash == _agentHash) return _agent;
        var keys = Volatile.Read(ref _byHash);
        if (keys is null || !keys.TryGetValue(hash, out var known)) return null;
        return known.ExpiresAt is { } expiry && expiry <= _clock.GetUtcNow().ToUnixTimeSeconds() ? null : known.Caller;
    }

    public void Dispose() => _board.Changed -= Take;

    // An event is told on the publisher's thread, and two of them may race: what counts is what the board has now.
    private void Take(string key, Snapshot? announced)
    {
        if (key != PublishedKeys.SnapshotKey || announced is null) return;
        lock (_taking)
        {
            try
            {
                var keys = PublishedKeys.From(_board.Find(key) ?? announced);
                Volatile.Write(ref _byHash, keys.Keys.ToFrozenDictionary(
                    known => known.Hash, known => new KnownKey(new Caller($"key:{known.Id}", known.Permissions), known.ExpiresAt), StringComparer.Ordinal));
            }
            catch (Exception fault)
            {
                _log.LogError(fault, "The set of API keys, version {Version}, could not be read; the one before goes on", announced.Version);
            }
        }
    }
}

using System.Collections.Frozen;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Snapshots;
using Microsoft.Extensions.Options;

namespace Kener.Gateway.Identity;

/// <summary>The caller that an API key identifies, and the key's expiry (Unix seconds; null: never).</summary>
internal sealed record KnownKey(Caller Caller, long? ExpiresAt);

/// <summary>
/// Holds the API keys of the snapshot store and the agents' key of the settings in memory. The last known keys stay valid while Accounts is
/// unreachable.
/// </summary>
internal sealed class KeyRing : IDisposable
{
    private readonly SnapshotStore _board;
    private readonly TimeProvider _clock;
    private readonly ILogger<KeyRing> _log;
    private readonly Lock _taking = new();
    private readonly Caller _agent = new("agent:static", [Permissions.AgentsReport]);
    private readonly string? _agentHash;
    private FrozenDictionary<string, KnownKey>? _byHash;

    public KeyRing(SnapshotStore board, IOptions<KenerSettings> settings, TimeProvider clock, ILogger<KeyRing> log)
    {
        (_board, _clock, _log) = (board, clock, log);
        if (settings.Value.AgentKey is { } agents) _agentHash = KeyHash.Of(agents);
        board.Changed += Take;
        if (board.Find(PublishedKeys.SnapshotKey) is { } known) Take(known.Key, known);
    }

    /// <summary>Whether a set of keys has arrived yet.</summary>
    public bool IsThere => Volatile.Read(ref _byHash) is not null;

    /// <summary>
    /// Returns the caller of the key; null if it is unknown, inactive or expired. Looks it up by hash, so response times reveal nothing about keys.
    /// </summary>
    public Caller? Find(string key)
    {
        var hash = KeyHash.Of(key);
        if (hash == _agentHash) return _agent;
        var keys = Volatile.Read(ref _byHash);
        if (keys is null || !keys.TryGetValue(hash, out var known)) return null;
        return known.ExpiresAt is { } expiry && expiry <= _clock.GetUtcNow().ToUnixTimeSeconds() ? null : known.Caller;
    }

    public void Dispose() => _board.Changed -= Take;

    // Events arrive on the publishers' threads, and two may race: read what the store has now.
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
                _log.LogError(fault, "Version {Version} of the API keys could not be read; the previous version stays in use", announced.Version);
            }
        }
    }
}

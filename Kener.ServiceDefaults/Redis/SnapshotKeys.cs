using StackExchange.Redis;

namespace Kener.ServiceDefaults.Redis;

/// <summary>
/// The keys and channels of the snapshots in Redis. A shared hash tag keeps them together in a cluster, as scripts that use several of them require.
/// </summary>
internal static class SnapshotKeys
{
    /// <summary>The prefix of the keys of pages in the snapshot store, and the key of the home page.</summary>
    public const string Pages = "page:", Home = "page:/";

    /// <summary>Hash: key of the snapshot → its bytes.</summary>
    public static readonly RedisKey Bodies = "{kener}:snapshots";
    /// <summary>Hash: key of the snapshot → its version.</summary>
    public static readonly RedisKey Versions = "{kener}:versions";
    /// <summary>Grows with each write: a gateway that last saw another value reads all versions.</summary>
    public static readonly RedisKey Writes = "{kener}:writes";
    /// <summary>Created if it is missing: an owner that wrote under another one knows that Redis has lost what it wrote.</summary>
    public static readonly RedisKey Epoch = "{kener}:epoch";
    /// <summary>When the owner of the pages last confirmed them, in Unix milliseconds by the owner's clock.</summary>
    public static readonly RedisKey Confirmed = "{kener}:confirmed";
    /// <summary>The channel on which gateways publish the keys of the variants that they served, one per line.</summary>
    public static readonly RedisChannel Uses = RedisChannel.Literal("{kener}:uses");
    /// <summary>The channel on which the key of each written or removed snapshot is published.</summary>
    public static readonly RedisChannel News = RedisChannel.Literal("{kener}:news");
}

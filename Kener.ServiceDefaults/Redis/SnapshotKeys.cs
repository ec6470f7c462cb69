using StackExchange.Redis;

namespace Kener.ServiceDefaults;

/// <summary>Where the snapshots lie in Redis. One hash tag keeps them together in a cluster, as transactions need.</summary>
internal static class SnapshotKeys
{
    /// <summary>How the board's keys of pages begin, and that of the home page.</summary>
    public const string Pages = "page:", Home = "page:/";

    /// <summary>Hash: key of the snapshot → its bytes.</summary>
    public static readonly RedisKey Bodies = "{kener}:snapshots";
    /// <summary>Hash: key of the snapshot → its version.</summary>
    public static readonly RedisKey Versions = "{kener}:versions";
    /// <summary>Grows with each write: whoever saw another one looks at all versions.</summary>
    public static readonly RedisKey Writes = "{kener}:writes";
    /// <summary>Made by whoever finds none: an owner who wrote under another one knows that Redis has lost what he wrote.</summary>
    public static readonly RedisKey Epoch = "{kener}:epoch";
    /// <summary>When the owner of the pages last said that they are true, Unix milliseconds by his clock.</summary>
    public static readonly RedisKey Confirmed = "{kener}:confirmed";
    /// <summary>Gateways publish here the keys of the variants that they have used, one a line.</summary>
    public static readonly RedisChannel Uses = RedisChannel.Literal("{kener}:uses");
    /// <summary>Tells the key of each snapshot that was written or removed.</summary>
    public static readonly RedisChannel News = RedisChannel.Literal("{kener}:news");
}

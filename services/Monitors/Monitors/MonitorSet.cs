using Kener.Persistence;

namespace Kener.Monitors;

/// <summary>
/// The monitors as one set: its version grows with each change of any monitor, so one row tells whether anything changed, and it is the lock
/// under which monitors refer to each other. Taken before any monitor's own lock.
/// </summary>
internal sealed class MonitorSet : IAggregate
{
    public const long Only = 1;

    public long Id { get; set; }
    public long Version { get; set; }
}

internal static class MonitorSetLock
{
    public static Task LockSetAsync(this Change<MonitorsDb> change, CancellationToken cancel) => change.LockAsync<MonitorSet>(MonitorSet.Only, cancel);
}

using Kener.Monitors.Database;
using Kener.Persistence;
using Kener.Persistence.Commit;

namespace Kener.Monitors.Monitors;

/// <summary>
/// The set of all monitors. Each change of any monitor raises its version, so one row shows whether anything has changed; and its lock protects
/// references between monitors. It is locked before any monitor.
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

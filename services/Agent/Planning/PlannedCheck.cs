using Cronos;
using Kener.Agent.Checks;
using Kener.Contracts;

namespace Kener.Agent.Planning;

/// <summary>The scheduled check of one version of a monitor, until the monitor changes or is removed.</summary>
internal sealed class PlannedCheck(AssignedMonitor monitor, CronExpression cron, Check check) : IDisposable
{
    private const int WithinMs = 50_000;
    private readonly CancellationTokenSource _retired = new();
    private int _underWay;
    private int _faults;

    public long MonitorId => monitor.Id;

    public string Tag => monitor.Tag;

    public long Version => monitor.Version;

    public string Type => monitor.Type;

    public CronExpression Cron => cron;

    /// <summary>
    /// Offset of the check within its minute. It depends only on the tag, so it is the same on every machine, and is below 50 s, to leave time for
    /// the answer before the minute ends.
    /// </summary>
    public int OffsetMs { get; } = OffsetOf(monitor.Tag);

    /// <summary>Whether the monitor was removed or changed; the verdict of a check that is still running is then discarded.</summary>
    public bool IsRetired => _retired.IsCancellationRequested;

    /// <summary>Returns false while the previous run is in progress.</summary>
    public bool TryBegin() => Interlocked.Exchange(ref _underWay, 1) == 0;

    /// <summary>Marks the run as ended, so that the next one may start.</summary>
    public void End() => Volatile.Write(ref _underWay, 0);

    /// <summary>Returns true at the first call only.</summary>
    public bool IsFirstFault() => Interlocked.Exchange(ref _faults, 1) == 0;

    /// <summary>Runs the check; it is cancelled when the check is retired.</summary>
    public Task<CheckOutcome> RunAsync() => check(_retired.Token);

    /// <summary>
    /// Retires the check. A run in progress is cancelled on another thread, so that its exceptions and delays do not affect the caller.
    /// </summary>
    public void Dispose() => _ = RetireAsync();

    private async Task RetireAsync()
    {
        await _retired.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _retired.Dispose();
    }

    internal static int OffsetOf(string tag)
    {
        // FNV-1a with a final mix, so that tags that differ only in the last letter get distant offsets.
        var hash = 14_695_981_039_346_656_037UL;
        foreach (var c in tag) hash = (hash ^ c) * 1_099_511_628_211UL;
        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccdUL;
        hash ^= hash >> 33;
        return (int)(hash % WithinMs);
    }
}

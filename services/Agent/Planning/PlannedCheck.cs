using Cronos;
using Kener.Agent.Checks;
using Kener.Contracts;

namespace Kener.Agent.Planning;

/// <summary>A monitor as it is checked until it changes or goes.</summary>
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

    /// <summary>Its place in the minute, the same for ever and on every machine: below 50 s, so that the minute is not over before the answer.</summary>
    public int OffsetMs { get; } = OffsetOf(monitor.Tag);

    /// <summary>Whether it is gone or replaced; what a check of it still finds is of no interest.</summary>
    public bool IsRetired => _retired.IsCancellationRequested;

    /// <summary>False while the check before is still under way.</summary>
    public bool TryBegin() => Interlocked.Exchange(ref _underWay, 1) == 0;

    /// <summary>The next may begin.</summary>
    public void End() => Volatile.Write(ref _underWay, 0);

    /// <summary>True at the first call.</summary>
    public bool IsFirstFault() => Interlocked.Exchange(ref _faults, 1) == 0;

    /// <summary>Checks; cancelled when it is retired.</summary>
    public Task<Verdict> RunAsync() => check(_retired.Token);

    /// <summary>Retires it. A check under way is cancelled by another thread: what fails or takes long in that is no concern of the caller.</summary>
    public void Dispose() => _ = RetireAsync();

    private async Task RetireAsync()
    {
        await _retired.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _retired.Dispose();
    }

    internal static int OffsetOf(string tag)
    {
        // FNV-1a, stirred so that tags that differ in their last letter lie far apart.
        var hash = 14_695_981_039_346_656_037UL;
        foreach (var c in tag) hash = (hash ^ c) * 1_099_511_628_211UL;
        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccdUL;
        hash ^= hash >> 33;
        return (int)(hash % WithinMs);
    }
}

using Kener.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Kener.Monitors.Transitions;

/// <summary>A change of a monitor's observed status (Behavior: TRN-1). Ids ascend in the order in which transitions are committed.</summary>
internal sealed class StatusTransition
{
    public long Id { get; set; }
    public long MonitorId { get; set; }
    /// <summary>The previous transition's <see cref="To"/>; NO_DATA in a monitor's first.</summary>
    public MonitorStatus From { get; set; }
    public MonitorStatus To { get; set; }
    /// <summary>The monitor's newest minute with a result when its status changed, in Unix seconds.</summary>
    public long Minute { get; set; }
    /// <summary>When it was stored, in Unix milliseconds.</summary>
    public long RecordedMs { get; set; }
    /// <summary>When a consumer claimed it, in Unix milliseconds; null until then.</summary>
    public long? ClaimedMs { get; set; }

    /// <summary>
    /// Returns the transition that a stored result causes, or null. <paramref name="stored"/> is the newest of the results stored together, and
    /// <paramref name="newest"/> the newest minute of its monitor that has a result now (Behavior: TRN-2, TRN-3).
    /// </summary>
    public static StatusTransition? Of(MonitorStatus current, NewestStored stored, long newest, long nowMs) =>
        stored.Minute != newest || stored.Status == current ? null : new StatusTransition
        {
            MonitorId = stored.MonitorId,
            From = current,
            To = stored.Status,
            Minute = stored.Minute,
            RecordedMs = nowMs,
        };

    public static void Configure(EntityTypeBuilder<StatusTransition> transition)
    {
        transition.ToTable("status_transitions");
        // "from" and "to" are keywords of SQL.
        transition.Property(row => row.From).HasColumnName("from_status");
        transition.Property(row => row.To).HasColumnName("to_status");
        transition.HasIndex(row => new { row.MonitorId, row.Id });
        transition.HasIndex(row => row.Id).HasFilter("claimed_ms IS NULL").HasDatabaseName("ix_status_transitions_unclaimed");
    }
}

/// <summary>The newest of a monitor's results that are stored together.</summary>
internal readonly record struct NewestStored(long MonitorId, long Minute, MonitorStatus Status)
{
    /// <summary>
    /// Returns the newest result of each monitor; the results are sorted by monitor and minute. Minutes after <paramref name="until"/> are left out:
    /// a correction of future minutes does not decide the present status.
    /// </summary>
    public static List<NewestStored> Of(IEnumerable<NewestStored> ordered, long until)
    {
        var newest = new List<NewestStored>();
        foreach (var next in ordered)
        {
            if (next.Minute > until) continue;
            if (newest.Count > 0 && newest[^1].MonitorId == next.MonitorId) newest[^1] = next;
            else newest.Add(next);
        }
        return newest;
    }
}

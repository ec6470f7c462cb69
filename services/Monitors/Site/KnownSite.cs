using Kener.Monitors.Database;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Site;

/// <summary>The newest received version of the site: one row, or none before the first event.</summary>
internal sealed class KnownSite
{
    public const long TheOne = 1;

    public long Id { get; set; } = TheOne;
    /// <summary>The newest received version; events with the same or a lower version are ignored.</summary>
    public long Version { get; set; }
    /// <summary>For how many days results are kept; null to keep them forever.</summary>
    public int? RetentionDays { get; set; }

    /// <summary>
    /// Returns for how many days results of monitors without a retention of their own are kept, null for forever; the installation's setting before
    /// the first event arrives.
    /// </summary>
    public static async Task<int?> RetentionDaysAsync(MonitorsDb db, KenerSettings installation, CancellationToken cancel) =>
        await db.Sites.AsNoTracking().FirstOrDefaultAsync(row => row.Id == TheOne, cancel) is { } known ? known.RetentionDays : installation.RetentionDays;
}

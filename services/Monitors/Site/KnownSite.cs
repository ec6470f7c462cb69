using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>What this service knows of the site, through its owner's events: one row, none before it was heard of.</summary>
internal sealed class KnownSite
{
    public const long TheOne = 1;

    public long Id { get; set; } = TheOne;
    /// <summary>The newest version heard of: lower or equal ones are old news.</summary>
    public long Version { get; set; }
    /// <summary>Null for ever.</summary>
    public int? RetentionDays { get; set; }

    /// <summary>
    /// For how many days results are kept where a monitor says nothing else, null for ever. Until the site was heard of, what the
    /// installation says.
    /// </summary>
    public static async Task<int?> RetentionDaysAsync(MonitorsDb db, KenerSettings installation, CancellationToken cancel) =>
        await db.Sites.AsNoTracking().FirstOrDefaultAsync(row => row.Id == TheOne, cancel) is { } known ? known.RetentionDays : installation.RetentionDays;
}

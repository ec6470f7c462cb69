using Kener.Incidents.Database;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents.Site;

/// <summary>The newest received version of the site: one row, or none before the first event.</summary>
internal sealed class KnownSite
{
    public const long TheOne = 1;

    public long Id { get; set; } = TheOne;
    /// <summary>The newest received version; events with the same or a lower version are ignored.</summary>
    public long Version { get; set; }
    public required string Url { get; set; }
}

internal static class SiteAddress
{
    /// <summary>Returns the public address of the site; the installation's setting before the first event arrives.</summary>
    public static async Task<string> SiteUrlAsync(this IncidentsDb db, KenerSettings installation, CancellationToken cancel) =>
        await db.Sites.Where(row => row.Id == KnownSite.TheOne).Select(row => row.Url).FirstOrDefaultAsync(cancel) ?? installation.SiteUrl;
}

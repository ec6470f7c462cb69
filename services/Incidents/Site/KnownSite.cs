using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents;

/// <summary>What this service knows of the site, through its owner's events: one row, none before it was heard of.</summary>
internal sealed class KnownSite
{
    public const long TheOne = 1;

    public long Id { get; set; } = TheOne;
    /// <summary>The newest version heard of: lower or equal ones are old news.</summary>
    public long Version { get; set; }
    public required string Url { get; set; }
}

internal static class SiteAddress
{
    /// <summary>The address under which the world reaches Kener. Until the site was heard of, what the installation says.</summary>
    public static async Task<string> SiteUrlAsync(this IncidentsDb db, KenerSettings installation, CancellationToken cancel) =>
        await db.Sites.Where(row => row.Id == KnownSite.TheOne).Select(row => row.Url).FirstOrDefaultAsync(cancel) ?? installation.SiteUrl;
}

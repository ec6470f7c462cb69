using System.Security.Claims;
using Kener.Persistence;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>GET /monitors/{tag}; and how every route below it finds its monitor.</summary>
internal static class GetMonitor
{
    public static async Task<IResult> HandleAsync(string tag, MonitorsDb db, ClaimsPrincipal user, CancellationToken cancel) =>
        ApiAnswer.Of(new { monitor = MonitorAnswer.Of(await FindAsync(db, tag, cancel), user) });

    /// <summary>The monitor as it is, not locked and not tracked; 404 where there is none.</summary>
    public static async Task<Monitor> FindAsync(MonitorsDb db, string tag, CancellationToken cancel)
    {
        // What can not be a tag is not even asked for: it may hold what the database would choke on.
        var monitor = MonitorFields.IsTag(tag) ? await db.Monitors.AsNoTracking().FirstOrDefaultAsync(row => row.Tag == tag, cancel) : null;
        return monitor ?? throw Missing(tag);
    }

    public static Refusal Missing(string tag) => Refusal.NotFound($"Monitor with tag '{tag}' not found");
}

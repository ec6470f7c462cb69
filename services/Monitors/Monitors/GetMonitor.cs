using System.Security.Claims;
using Kener.Monitors.Database;
using Kener.Persistence;
using Kener.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Monitors;

/// <summary>GET /api/v4/monitors/{tag}. Other routes use <see cref="FindAsync"/> to find their monitor.</summary>
internal static class GetMonitor
{
    public static async Task<IResult> HandleAsync(string tag, MonitorsDb db, ClaimsPrincipal user, CancellationToken cancel) =>
        ApiResponse.Of(new OneMonitor(MonitorResponse.Of(await FindAsync(db, tag, cancel), user)));

    /// <summary>Returns the monitor, neither locked nor tracked; 404 if it does not exist.</summary>
    public static async Task<Monitor> FindAsync(MonitorsDb db, string tag, CancellationToken cancel)
    {
        // Text that cannot be a tag is not queried: it may have characters that the database rejects, such as NUL.
        var monitor = MonitorFields.IsTag(tag) ? await db.Monitors.AsNoTracking().FirstOrDefaultAsync(row => row.Tag == tag, cancel) : null;
        return monitor ?? throw Missing(tag);
    }

    public static Refusal Missing(string tag) => Refusal.NotFound($"Monitor with tag '{tag}' not found");
}

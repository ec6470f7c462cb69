using System.Security.Claims;
using Kener.Monitors.Database;
using Kener.Persistence;
using Kener.ServiceDefaults.Errors;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Monitors;

/// <summary>GET /api/v4/monitors: newest first, filtered by exact values.</summary>
internal static class ListMonitors
{
    public static async Task<IResult> HandleAsync(
        MonitorsDb db, string? status, string? category_name, string? monitor_type, string? is_hidden, ClaimsPrincipal user, CancellationToken cancel)
    {
        // No stored text contains NUL, and PostgreSQL rejects queries with it.
        if (string.Concat(status, category_name, monitor_type, is_hidden).Contains('\0', StringComparison.Ordinal))
            throw Refusal.BadRequest("Text must not contain the character U+0000");
        var monitors = db.Monitors.AsNoTracking();
        if (!string.IsNullOrEmpty(status)) monitors = monitors.Where(row => status == (row.IsActive ? "ACTIVE" : "INACTIVE"));
        if (!string.IsNullOrEmpty(category_name) && category_name != "All Categories")
            monitors = monitors.Where(row => row.CategoryName == category_name);
        if (!string.IsNullOrEmpty(monitor_type)) monitors = monitors.Where(row => row.Type == monitor_type);
        if (!string.IsNullOrEmpty(is_hidden)) monitors = monitors.Where(row => is_hidden == (row.IsHidden ? "YES" : "NO"));
        var rows = await monitors.OrderByDescending(row => row.Id).ToListAsync(cancel);
        return ApiResponse.Of(new MonitorList(rows.Select(row => MonitorResponse.Of(row, user))));
    }
}

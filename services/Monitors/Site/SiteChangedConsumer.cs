using Kener.Contracts;
using Kener.Persistence;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors;

/// <summary>Keeps the site's policy of retention.</summary>
internal sealed class SiteChangedConsumer(Changes<MonitorsDb> changes) : IConsumer<SiteChanged>
{
    public Task Consume(ConsumeContext<SiteChanged> context)
    {
        var (site, cancel) = (context.Message, context.CancellationToken);
        return changes.ProjectAsync(change => change.Db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO known_site (id, version, retention_days) VALUES ({KnownSite.TheOne}, {site.Version}, {site.RetentionDays})
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, retention_days = excluded.retention_days
            WHERE known_site.version < excluded.version
            """, cancel), cancel);
    }
}

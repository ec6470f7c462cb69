using Kener.Contracts;
using Kener.Persistence;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents;

/// <summary>Keeps the site's address, which stands in the API's answers.</summary>
internal sealed class SiteChangedConsumer(Changes<IncidentsDb> changes) : IConsumer<SiteChanged>
{
    public Task Consume(ConsumeContext<SiteChanged> context)
    {
        var (site, cancel) = (context.Message, context.CancellationToken);
        return changes.ProjectAsync(change => change.Db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO known_site (id, version, url) VALUES ({KnownSite.TheOne}, {site.Version}, {site.Url})
            ON CONFLICT (id) DO UPDATE SET version = excluded.version, url = excluded.url WHERE known_site.version < excluded.version
            """, cancel), cancel);
    }
}

using Kener.Contracts;
using Kener.Incidents.Database;
using Kener.Persistence.Commit;
using MassTransit;

namespace Kener.Incidents.Site;

/// <summary>Stores the site's address, which responses of the API contain.</summary>
internal sealed class SiteChangedConsumer(Changes<IncidentsDb> changes) : IConsumer<SiteChanged>
{
    public Task Consume(ConsumeContext<SiteChanged> context) =>
        changes.TakeNewerAsync(new KnownSite { Version = context.Message.Version, Url = context.Message.Url }, context.CancellationToken);
}

using Kener.Contracts;
using Kener.Persistence;
using MassTransit;

namespace Kener.Incidents;

/// <summary>Stores the site's address, which responses of the API contain.</summary>
internal sealed class SiteChangedConsumer(Changes<IncidentsDb> changes) : IConsumer<SiteChanged>
{
    public Task Consume(ConsumeContext<SiteChanged> context) =>
        changes.TakeNewerAsync(new KnownSite { Version = context.Message.Version, Url = context.Message.Url }, context.CancellationToken);
}

using Kener.Contracts;
using Kener.Monitors.Database;
using Kener.Persistence.Commit;
using MassTransit;

namespace Kener.Monitors.Site;

/// <summary>Stores the site's retention policy.</summary>
internal sealed class SiteChangedConsumer(Changes<MonitorsDb> changes) : IConsumer<SiteChanged>
{
    public Task Consume(ConsumeContext<SiteChanged> context) => changes.TakeNewerAsync(
        new KnownSite { Version = context.Message.Version, RetentionDays = context.Message.RetentionDays }, context.CancellationToken);
}

using Kener.Contracts;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.Site.Settings;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Status.Site.Replay;

/// <summary>Publishes the site's settings again when a replay is requested.</summary>
internal sealed class ReplayRequestedConsumer(Changes<StatusDb> changes, IOptions<KenerSettings> settings) : IConsumer<ReplayRequested>
{
    public Task Consume(ConsumeContext<ReplayRequested> context) => changes.ProjectAsync(async change =>
    {
        if (!context.Message.IsFor<SiteChanged>()) return;
        var site = await change.Db.Site.AsNoTracking().FirstAsync(row => row.Id == SiteRow.TheOne, context.CancellationToken);
        change.Publish("site", () => site.ToEvent(settings.Value));
    }, context.CancellationToken);
}

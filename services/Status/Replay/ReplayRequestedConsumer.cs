using Kener.Contracts;
using Kener.Persistence;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Status.Settings;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Status.Replay;

/// <summary>Tells the site's settings again to whoever starts over.</summary>
internal sealed class ReplayRequestedConsumer(Changes<StatusDb> changes, IOptions<KenerSettings> settings) : IConsumer<ReplayRequested>
{
    public Task Consume(ConsumeContext<ReplayRequested> context) => changes.ProjectAsync(async change =>
    {
        if (!context.Message.IsFor<SiteChanged>()) return;
        var site = await change.Db.Site.AsNoTracking().FirstAsync(row => row.Id == SiteRow.TheOne, context.CancellationToken);
        change.Publish("site", () => site.ToEvent(settings.Value));
    }, context.CancellationToken);
}

using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Status.Site.Settings;

/// <summary>
/// Publishes the site at the start if it differs from what was published last: settings that are not set follow the installation's, which may change
/// between starts.
/// </summary>
internal sealed class PublishSiteSettings(IServiceScopeFactory scopes, IOptions<KenerSettings> settings) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<Changes<StatusDb>>().ProjectAsync(async change =>
        {
            var known = await change.Db.Site.AsNoTracking().FirstAsync(row => row.Id == SiteRow.TheOne, cancellationToken);
            if (known.Told != known.Telling(settings.Value)) change.Tell(await change.LockSiteAsync(cancellationToken), settings.Value);
        }, cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

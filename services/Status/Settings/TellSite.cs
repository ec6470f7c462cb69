using Kener.Persistence;
using Kener.ServiceDefaults;
using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Kener.Status.Settings;

/// <summary>
/// Where nobody set a value, the installation's is the site's, and another start may bring another one: tells the others at the start, where
/// that is not what they heard last.
/// </summary>
internal sealed class TellSite(IServiceScopeFactory scopes, IOptions<KenerSettings> settings) : IHostedService
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

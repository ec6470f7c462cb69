using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Database;
using Kener.Status.Projections;

namespace Kener.Status.Publishing;

/// <summary>
/// Confirms once a second that the pages are up to date, as long as the database answers and all pages were rendered. Also notices when another
/// process of this service has published a newer page, or one that is missing here.
/// </summary>
internal sealed class FreshnessHeartbeat(
    IServiceScopeFactory scopes, PageStore store, RenderTrigger trigger, SnapshotStore board, TimeProvider clock,
    Outages outages, ILogger<FreshnessHeartbeat> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            do
            {
                await LookAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The process is stopping.
        }
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<StatusDb>();
            var drawn = await PublishedVersion.OfKindAsync(db, PageKind.Status, cancel);
            if (board.Find(SitePages.HomeKey) is null) return;
            if (store.Misses(drawn)) trigger.Render();
            else if (!store.IsBehind) board.Confirm();
        }
        // Includes cancellations of another origin, such as the timeout of a command, which must not be mistaken for the end of the process.
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            if (!outages.TryReport("Confirming the pages", fault)) log.LogWarning("The pages cannot be confirmed as current; trying again in a second: {Reason}", fault.Message);
        }
    }
}

using Kener.ServiceDefaults;
using Kener.Status.Database;

namespace Kener.Status.Snapshots;

/// <summary>
/// Says once a second that the pages are true, as long as the database answers and all pages were drawn. Sees also when another process
/// of this service has drawn a newer one, or one that is not here.
/// </summary>
internal sealed class Confirmation(
    IServiceScopeFactory scopes, PageStore store, PageBell bell, SnapshotBoard board, TimeProvider clock,
    Outages outages, ILogger<Confirmation> log) : BackgroundService
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
            // The process ends.
        }
    }

    private async Task LookAsync(CancellationToken cancel)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<StatusDb>();
            var drawn = await DrawnRow.OfKindAsync(db, PageKind.Status, cancel);
            if (board.Find(SitePages.HomeKey) is null) return;
            if (store.Misses(drawn)) bell.Ring();
            else if (!store.IsBehind) board.Confirm();
        }
        // Also a cancellation of another origin, such as a command's timeout: it must not be taken for the end of the process.
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            if (!outages.TryReport("Confirming the pages", fault)) log.LogWarning("The pages can not be confirmed: {Reason}", fault.Message);
        }
    }
}

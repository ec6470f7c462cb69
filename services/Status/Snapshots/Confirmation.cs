using Kener.ServiceDefaults;
using Kener.Status.Database;

namespace Kener.Status.Snapshots;

/// <summary>
/// Says once a second that the pages are true, as long as the database answers and all pages were drawn. Sees also when another process
/// of this service has drawn a newer one, or one that is not here.
/// </summary>
internal sealed class Confirmation(
    IServiceScopeFactory scopes, SitePages pages, PageVariants variants, IncidentPages incidentPages, PageBell bell, SnapshotBoard board, TimeProvider clock,
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
            var drawn = await DrawnRow.OfPagesAsync(db, cancel);
            if (board.Find(SitePages.HomeKey) is null) return;
            if (drawn.Values.Any(row => board.Find(Publisher.KeyOf(row.Path)) is not { } shown || shown.Version < row.Version)
                || pages.Paths.Any(path => !drawn.ContainsKey(path))) bell.Ring();
            else if (!pages.HasFailed && !variants.HasFailed && !incidentPages.HasFailed) board.Confirm();
        }
        // Also a cancellation of another origin, such as a command's timeout: it must not be taken for the end of the process.
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            if (!outages.TryReport("Confirming the pages", fault)) log.LogWarning("The pages can not be confirmed: {Reason}", fault.Message);
        }
    }
}

using Kener.ServiceDefaults;
using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Snapshots;

/// <summary>
/// Says once a second that the pages are true, as long as the database answers and the home page was drawn. Sees also when another
/// process of this service has drawn a newer one.
/// </summary>
internal sealed class Confirmation(
    IServiceScopeFactory scopes, HomePage home, HomeBell bell, SnapshotBoard board, TimeProvider clock, ILogger<Confirmation> log) : BackgroundService
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
            var version = await db.Pages.Where(row => row.Path == HomePage.Path).Select(row => row.Version).FirstOrDefaultAsync(cancel);
            if (board.Find(HomePage.Key) is not { } shown) return;
            if (shown.Version < version) bell.Ring();
            else if (!home.HasFailed) board.Confirm();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            log.LogWarning("The pages can not be confirmed: {Reason}", fault.Message);
        }
    }
}

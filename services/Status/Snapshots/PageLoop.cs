using Kener.ServiceDefaults;
using Kener.Status.Database;

namespace Kener.Status.Snapshots;

/// <summary>Draws the pages whenever something changed, and whenever the clock alone changes them (architecture rule 7).</summary>
internal sealed class PageLoop(
    SitePages pages, PageVariants variants, PageBell bell, WarmUp warmUp, TimeProvider clock, Outages outages, ILogger<PageLoop> log) : BackgroundService
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await warmUp.Drawn.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var last = clock.GetUtcNow();
                var next = await DrawAsync(stoppingToken);
                await bell.WaitAsync(last, DateTimeOffset.FromUnixTimeSeconds(next), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                // What the data cause was logged when it began.
                if (!StoredFault.IsOfData(fault) && !outages.TryReport("Drawing the pages", fault)) log.LogWarning(fault, "The pages could not be drawn; trying again");
                await Task.Delay(AfterFault, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<long> DrawAsync(CancellationToken cancel)
    {
        using var span = bell.Causes.Start("draw pages");
        var next = await pages.DrawAsync(cancel);
        variants.Wake();
        return next;
    }
}

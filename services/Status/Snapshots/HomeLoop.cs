namespace Kener.Status.Snapshots;

/// <summary>Draws the home page whenever something changed, and whenever the clock alone changes it (architecture rule 7).</summary>
internal sealed class HomeLoop(HomePage home, HomeBell bell, WarmUp warmUp, TimeProvider clock, ILogger<HomeLoop> log) : BackgroundService
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Run(warmUp.RunAsync, stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var last = clock.GetUtcNow();
                var next = await home.DrawAsync(stoppingToken);
                await bell.WaitAsync(last, DateTimeOffset.FromUnixTimeSeconds(next), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                log.LogWarning(fault, "The home page could not be drawn; trying again");
                await Task.Delay(AfterFault, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}

using Kener.Persistence.Commit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kener.Persistence.Providers;

/// <summary>
/// Changes the place name of an SQLite database once a minute and at the stop, so that the name in a backup differs from the one in the file beside
/// the database.
/// </summary>
internal sealed class PlaceChange<TDb>(IServiceScopeFactory scopes, SqliteWriteLock<TDb> turn, TimeProvider clock, ILogger<PlaceChange<TDb>> log)
    : BackgroundService where TDb : ModuleDb
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await ChangeAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await ChangeAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The process is stopping.
        }
    }

    private async Task ChangeAsync(CancellationToken cancel)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<TDb>();
            var (file, now) = (new PlaceFile(db), PlaceFile.New());
            using var mine = await turn.TakeAsync(db, cancel);
            file.Write([now, .. await db.Places.Select(row => row.Place).ToListAsync(cancel)]);
            await db.Places.ExecuteUpdateAsync(set => set.SetProperty(row => row.Place, now), cancel);
            file.Write([now]);
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            // The file has both names, so it matches whichever name the database has; the next change repairs this.
            log.LogDebug(fault, "The place name of {Database} could not be changed", typeof(TDb).Name);
        }
    }
}

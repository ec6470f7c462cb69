using Kener.Contracts;
using Kener.Persistence;
using Kener.Status.Database;
using Microsoft.EntityFrameworkCore;

namespace Kener.Status.Replay;

/// <summary>
/// With an empty database, asks the owners for all that they have (architecture rule 5): once every module of this process has started,
/// so that those beside it can answer.
/// </summary>
internal sealed class AskForReplay(IServiceScopeFactory scopes) : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<Changes<StatusDb>>().ProjectAsync(async change =>
        {
            var knowsAny = await change.Db.Monitors.AnyAsync(cancellationToken) || await change.Db.Incidents.AnyAsync(cancellationToken);
            if (!knowsAny) change.Publish("status", () => new ReplayRequested { By = "status" });
        }, cancellationToken);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

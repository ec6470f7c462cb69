using Kener.ServiceDefaults.Errors;
using Kener.Status.Database;
using Kener.Status.Projections;

namespace Kener.Status.Publishing;

/// <summary>
/// Renders the pages of the store, one batch at a time: when something has changed, a visitor waits, or the clock alone changes a page.
/// </summary>
internal sealed class PageLoop(
    IServiceScopeFactory scopes, PageStore store, Publisher publisher, RenderTrigger trigger, RenderFaults faults, WarmUp warmUp, TimeProvider clock, Outages outages,
    ILogger<PageLoop> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await warmUp.Drawn.WaitAsync(stoppingToken);
        try
        {
            store.Start();
            while (true)
            {
                foreach (var (change, causes) in trigger.Take()) store.Apply(change, causes);
                store.Show(trigger.TakeWaiting());
                store.MakeRoom();
                if (store.Take() is { Count: > 0 } batch) await DrawAsync(batch, stoppingToken);
                else await trigger.WaitAsync(store.NextDue(), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process is stopping.
        }
        finally
        {
            store.Show(trigger.TakeWaiting());
            store.Abandon();
        }
    }

    private async Task DrawAsync(IReadOnlyList<StoredPage> batch, CancellationToken cancel)
    {
        using var span = RenderCauses.Start($"draw {batch[0].Definition.Kind.Name} pages", batch.Select(page => page.Causes));
        try
        {
            // If another process published first, its facts may be newer than these: try again.
            while (!await TryDrawAsync(batch, cancel)) { }
        }
        catch (Exception fault) when (StoredFault.IsOfData(fault))
        {
            foreach (var page in batch) store.Fail(page, fault);
            foreach (var page in batch) store.Finish(page);
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            if (!outages.TryReport("Rendering the pages", fault)) log.LogWarning(fault, "The pages could not be rendered; trying again in a second");
            foreach (var page in batch) store.Postpone(page);
            foreach (var page in batch) store.Finish(page, fault);
        }
    }

    private async Task<bool> TryDrawAsync(IReadOnlyList<StoredPage> batch, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var (definition, readMs) = (batch[0].Definition, clock.GetUtcNow().ToUnixTimeMilliseconds());
        var source = await definition.ReadAsync(scope.ServiceProvider.GetRequiredService<StatusDb>(), batch, readMs / 1000, cancel);
        faults.Set(definition.SourceOf(batch[0]), source.Faults);
        var (pages, isComplete) = (store.Complete(batch, source), true);
        foreach (var page in pages) isComplete &= await TryDrawAsync(scope.ServiceProvider, source, page, readMs, cancel);
        if (source.AfterAsync is { } after) await after();
        if (!isComplete) return false;
        // Before the waiting requests continue, so that their pages are counted.
        store.MakeRoom();
        foreach (var page in pages) store.Finish(page);
        return true;
    }

    /// <summary>Renders one page, or removes it if there is no such page; false if another process has published it meanwhile.</summary>
    private async Task<bool> TryDrawAsync(IServiceProvider scope, PageSource source, StoredPage page, long readMs, CancellationToken cancel)
    {
        try
        {
            var known = page.Variant is null ? source.Published.GetValueOrDefault(page.Path) : null;
            if (await source.DrawAsync(page) is not { } drawing)
            {
                store.Remove(page);
                if (known is not null) await Publisher.ForgetAsync(scope, known, cancel);
                return true;
            }
            if (drawing.Page is { } rendered && !await publisher.TryPublishAsync(scope, page, known, rendered, readMs, cancel)) return false;
            store.Keep(page, drawing);
        }
        catch (Exception fault) when (StoredFault.IsOfData(fault))
        {
            store.Fail(page, fault);
        }
        return true;
    }
}

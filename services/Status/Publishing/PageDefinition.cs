using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Database;
using Kener.Status.Projections;
using Kener.Ui;

namespace Kener.Status.Publishing;

/// <summary>
/// Defines how the pages of one kind are rendered, and after which changes. Only the rendering loop calls <see cref="ReadAsync"/> and what it
/// returns, so what a definition keeps between two renderings needs no lock.
/// </summary>
internal abstract class PageDefinition(PageKind kind)
{
    public PageKind Kind => kind;

    /// <summary>Whether the page is rendered without a request, is never dropped, and stays as it was while it cannot be rendered.</summary>
    public bool Keeps(StoredPage page) => !kind.IsOnDemand && page.Variant is null;

    /// <summary>Returns the batch of the page. Pages of a batch are rendered from the same facts, which are read once.</summary>
    public abstract string BatchOf(StoredPage page);

    /// <summary>Returns the name under which the faults of a batch are reported.</summary>
    public string SourceOf(StoredPage page) => $"{kind.Name} {BatchOf(page)}";

    /// <summary>Returns the turn in which the page is rendered after this change; null if the change does not concern it.</summary>
    public abstract PageTurn? TurnAfter(StoredPage page, PageChange change);

    /// <summary>Returns whether there is such a page.</summary>
    public abstract Task<bool> ExistsAsync(StatusDb db, string path, CancellationToken cancel);

    /// <summary>Returns the answer if there is no such page.</summary>
    public virtual Task<Refusal> MissingAsync(StatusDb db, string path, CancellationToken cancel) => Task.FromResult(Refusal.NotFound(kind.NotFound));

    /// <summary>Reads the facts that the pages of a batch are rendered from, as of <paramref name="now"/> (Unix seconds).</summary>
    public abstract Task<PageSource> ReadAsync(StatusDb db, IReadOnlyList<StoredPage> batch, long now, CancellationToken cancel);

    /// <summary>Discards what was kept for a time zone in which no page is kept any more.</summary>
    public virtual void Forget(string zone)
    {
    }
}

/// <summary>The facts that the pages of a batch are rendered from.</summary>
/// <param name="Published">The published versions, by path, read before everything else.</param>
/// <param name="DrawAsync">Renders a page; null if there is no such page.</param>
internal sealed record PageSource(IReadOnlyDictionary<string, PublishedVersion> Published, Func<StoredPage, Task<Drawing?>> DrawAsync)
{
    /// <summary>The paths of all pages, for a kind that is rendered without a request; otherwise empty.</summary>
    public IEnumerable<string> Paths { get; init; } = [];

    /// <summary>What had to be left out of the pages.</summary>
    public IReadOnlyList<StoredFault> Faults { get; init; } = [];

    /// <summary>The action to run when the batch is published.</summary>
    public Func<Task>? AfterAsync { get; init; }
}

/// <summary>The result of rendering a page.</summary>
/// <param name="Page">Null if the published page is still current.</param>
/// <param name="Facts">The facts that it was rendered from.</param>
/// <param name="Next">The instant (Unix seconds) at which the clock alone changes it; null for never.</param>
internal sealed record Drawing(RenderedPage? Page, object Facts, long? Next);

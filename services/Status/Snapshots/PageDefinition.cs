using Kener.ServiceDefaults;
using Kener.Status.Database;
using Kener.Ui;

namespace Kener.Status.Snapshots;

/// <summary>
/// How the pages of one kind are drawn, and after which changes. Only the loop that draws calls <see cref="ReadAsync"/> and what it returns, so
/// what a definition keeps between two drawings needs no lock.
/// </summary>
internal abstract class PageDefinition(PageKind kind)
{
    public PageKind Kind => kind;

    /// <summary>Whether the page is drawn without being asked for, is never dropped, and stays as it was while it cannot be drawn.</summary>
    public bool Keeps(StoredPage page) => !kind.IsOnDemand && page.Variant is null;

    /// <summary>Pages of the same batch are drawn from the same facts, read once.</summary>
    public abstract string BatchOf(StoredPage page);

    /// <summary>The name under which what a batch cannot show is reported.</summary>
    public string SourceOf(StoredPage page) => $"{kind.Name} {BatchOf(page)}";

    /// <summary>How early the page is drawn after this change; null where the change does not concern it.</summary>
    public abstract PageTurn? TurnAfter(StoredPage page, PageChange change);

    /// <summary>Whether there is such a page.</summary>
    public abstract Task<bool> ExistsAsync(StatusDb db, string path, CancellationToken cancel);

    /// <summary>The answer where there is no such page.</summary>
    public virtual Task<Refusal> MissingAsync(StatusDb db, string path, CancellationToken cancel) => Task.FromResult(Refusal.NotFound(kind.NotFound));

    /// <summary>Reads what the pages of a batch are made of, as of <paramref name="now"/> (Unix seconds).</summary>
    public abstract Task<PageSource> ReadAsync(StatusDb db, IReadOnlyList<StoredPage> batch, long now, CancellationToken cancel);

    /// <summary>Forgets what was kept for a time zone in which no page is kept any more.</summary>
    public virtual void Forget(string zone)
    {
    }
}

/// <summary>What the pages of a batch are made of.</summary>
/// <param name="Published">The published versions, by path, read before everything else.</param>
/// <param name="DrawAsync">Draws a page; null where there is no such page.</param>
internal sealed record PageSource(IReadOnlyDictionary<string, DrawnRow> Published, Func<StoredPage, Task<Drawing?>> DrawAsync)
{
    /// <summary>The paths of all pages of a kind that is drawn without being asked for; else empty.</summary>
    public IEnumerable<string> Paths { get; init; } = [];

    /// <summary>What had to be left out of the pages.</summary>
    public IReadOnlyList<StoredFault> Faults { get; init; } = [];

    /// <summary>To be done when the batch is published.</summary>
    public Func<Task>? AfterAsync { get; init; }
}

/// <summary>A page as it is now.</summary>
/// <param name="Page">Null where it still is what the store has.</param>
/// <param name="Facts">What it was drawn from.</param>
/// <param name="Next">The instant (Unix seconds) at which the clock alone changes it; null for never.</param>
internal sealed record Drawing(RenderedPage? Page, object Facts, long? Next);

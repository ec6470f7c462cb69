namespace Kener.Status.Snapshots;

/// <summary>What changed that pages are drawn from. A status is whatever a status page shows; readings leave every present status as it was.</summary>
internal enum PageChangeKind { Status, Readings, Incident, Monitor, Site }

/// <summary>A change after which some pages are drawn again.</summary>
/// <param name="Kind">What changed.</param>
/// <param name="Id">Of the incident or the monitor.</param>
internal readonly record struct PageChange(PageChangeKind Kind, long Id = 0);

/// <summary>
/// In which order pages are drawn: what everybody sees, then what a visitor waits for, then pages whose own subject has changed, then those of
/// which only the surroundings have changed, or the time.
/// </summary>
internal enum PageTurn { First, Asked, Changed, Later }

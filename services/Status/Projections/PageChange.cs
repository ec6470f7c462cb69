namespace Kener.Status.Projections;

/// <summary>
/// What has changed. <see cref="PageChangeKind.Status"/>: anything that a status page shows. <see cref="PageChangeKind.Results"/>: results that
/// leave every present status as it was.
/// </summary>
internal enum PageChangeKind { Status, Results, Incident, Monitor, Site }

/// <summary>A change after which some pages are rendered again.</summary>
/// <param name="Kind">What has changed.</param>
/// <param name="Id">The id of the incident or the monitor.</param>
internal readonly record struct PageChange(PageChangeKind Kind, long Id = 0);

/// <summary>
/// The order in which pages are rendered: first those that all visitors see, then those that a visitor waits for, then those whose own subject has
/// changed, and last those of which only the surroundings or the time have changed.
/// </summary>
internal enum PageTurn { First, Asked, Changed, Later }

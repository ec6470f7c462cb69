namespace Kener.Ui.Status;

/// <summary>What the rows of a page have in common, so that they are aligned.</summary>
/// <param name="Today">The day of the last bar.</param>
/// <param name="SharedDays">Number of days in the row of bars that monitors share.</param>
/// <param name="HasLogos">Whether rows have room for a logo: all rows of a page, or none.</param>
/// <param name="HasLatency">Whether rows have room for a latency: all rows of a page, or none.</param>
public sealed record RowStyle(DateOnly Today, int SharedDays, bool HasLogos, bool HasLatency)
{
    internal static RowStyle Of(StatusPageView view) => new(
        view.Today, view.Monitors.Count == 0 ? 0 : view.Monitors[0].Days.Count, view.Rows.Any(row => !string.IsNullOrEmpty(row.Image)),
        view.Rows.Any(row => row.Latency is not null));
}

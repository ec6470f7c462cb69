using Kener.Contracts;
using Kener.Ui;

namespace Kener.Status.Publishing;

/// <summary>
/// Renders pages that are not published, so that the first update of an incident after a start is shown as fast as any other: the first Markdown
/// would otherwise wait half a second for compilation. Needs no database, so it runs while the databases are migrated.
/// </summary>
internal sealed class WarmUp(PageRenderer renderer) : IHostedLifecycleService
{
    private const string Markdown = """
        Some *text* with `code`, a [link](https://example.com) and https://example.com

        | a | b |
        | - | - |
        | 1 | ~~2~~ |

        - [x] done

        > [!NOTE]
        > **Noted**

        ```
        code
        ```
        """;

    /// <summary>Completes when the pages are rendered; fails if they cannot be.</summary>
    public Task Drawn { get; private set; } = Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        Drawn = Task.Run(DrawAsync, cancellationToken);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task DrawAsync()
    {
        List<DayCounts> days = [.. Enum.GetValues<MonitorStatus>().Select(DayOf)];
        List<MonitorView> monitors = [.. Enum.GetValues<MonitorStatus>().Select(status => new MonitorView($"m{status}", "Name", "Text", null, status, "99.9", days))];
        List<AffectedView> affected = [new("m", "Name", MonitorStatus.Down)];
        var incident = new IncidentChanged
        {
            Id = 1,
            Version = 1,
            Title = "Title",
            State = IncidentState.Identified,
            Updates = [new IncidentUpdate(1, 0, IncidentState.Identified, Markdown)],
        };
        var open = new IncidentView(incident, MonitorStatus.Down, affected);
        var over = open with { Incident = incident with { Id = 2, State = IncidentState.Resolved, End = 3_600 } };
        var home = await renderer.HomeAsync(new StatusPageView
        {
            Title = "Name",
            Site = new SiteView { Name = "Name" },
            Message = PageMessage.Of(monitors.Select(monitor => monitor.Now)),
            Overall = MonitorStatus.Down,
            Affected = ["Name"],
            Ongoing = [open],
            Resolved = [over],
            Monitors = monitors,
            Today = new DateOnly(1970, 1, 1),
            LastReadingAt = 0,
        });
        home.ToSnapshot(home.Pack(), "", 1, Bytes.ETagOf(home), 0);
        await renderer.IncidentAsync(new IncidentPageView(new SiteView { Name = "Name" }, Audience.Default, over));
    }

    private static DayCounts DayOf(MonitorStatus status) => new(
        status == MonitorStatus.NoData ? 0 : 1, status == MonitorStatus.Degraded ? 1 : 0, status == MonitorStatus.Down ? 1 : 0,
        status == MonitorStatus.Maintenance ? 1 : 0);
}

using System.Globalization;
using Kener.Contracts;
using Kener.Ui;

namespace Kener.Bench.Page;

/// <summary>A company's status page during an outage, of any size.</summary>
internal static class SamplePage
{
    private static readonly DateOnly Today = new(2026, 11, 23);
    private static readonly long Now = new DateTimeOffset(2026, 11, 23, 21, 42, 0, TimeSpan.Zero).ToUnixTimeSeconds();

    public static StatusPageView Of(int monitors, int days, int incidents)
    {
        var random = new Random(7);
        return new StatusPageView
        {
            Site = new SiteView { Name = "Meridian" },
            Title = "Meridian Status",
            Message = "Partial System Outage",
            Overall = MonitorStatus.Down,
            Today = Today,
            LastReadingAt = Now,
            Affected = ["Service 1"],
            Ongoing = [.. Enumerable.Range(1, incidents).Select(Incident)],
            Monitors = [.. Enumerable.Range(1, monitors).Select(i => Monitor(i, days, random))],
        };
    }

    private static MonitorView Monitor(int i, int days, Random random) => new(
        string.Create(CultureInfo.InvariantCulture, $"service-{i}"), $"Service {i}", "What customers call it by", null,
        i == 1 ? MonitorStatus.Down : MonitorStatus.Up, "99.9312",
        [.. Enumerable.Range(0, days).Select(_ => random.Next(40) switch
        {
            0 => new DayCounts(1_380, 0, 60, 0),
            1 => new DayCounts(1_420, 20, 0, 0),
            _ => new DayCounts(1_440, 0, 0, 0),
        })], 42);

    private static IncidentView Incident(int i) => new(new IncidentChanged
    {
        Id = i,
        Version = 1,
        Title = "Card payments failing for some customers",
        State = IncidentState.Identified,
        Start = Now - 5_000,
        Updates =
        [
            new(2, Now - 1_000, IncidentState.Identified, "An upstream network rejects a share of what goes through **eu-central**. Traffic moves to a second one."),
            new(1, Now - 5_000, IncidentState.Investigating, "We are looking into elevated payment errors."),
        ],
    }, MonitorStatus.Down, [new("service-1", "Service 1", MonitorStatus.Down)]);
}

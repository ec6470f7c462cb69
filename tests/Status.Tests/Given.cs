using System.Text.Json;
using Kener.Contracts;
using Kener.Status.History;
using Kener.Status.Pages;
using Kener.Ui;

namespace Kener.Status.Tests;

/// <summary>Facts to begin with. All times count from noon of one day of UTC.</summary>
internal static class Given
{
    public const int Today = 20_000;
    public const long Midnight = Today * Minutes.Day, Noon = Midnight + 12 * 3600, Day = Minutes.Day;

    public static MonitorChanged Monitor(long id, long version = 1) =>
        new() { Id = id, Version = version, Tag = $"m{id}", Name = $"Monitor {id}", Active = true, Type = "NONE" };

    public static IncidentChanged Incident(long id, long start, long? end = null, params IncidentLink[] monitors) => new()
    {
        Id = id,
        Version = 1,
        Title = $"Incident {id}",
        Start = start,
        End = end,
        State = end is null ? IncidentState.Investigating : IncidentState.Resolved,
        Monitors = monitors,
    };

    public static Reading Reading(long monitor, long minute, MonitorStatus status, int count = 1, int version = 1, double latency = 0) =>
        new(monitor, minute, count, status, latency, version);

    /// <summary>A monitor with its history, as the database would give it.</summary>
    public static MonitorFacts Facts(MonitorChanged monitor, long now, IEnumerable<Reading>? readings = null, params Overlay[] overlays)
    {
        var days = new Dictionary<int, DayRow>();
        foreach (var reading in readings ?? [])
        {
            for (var minute = reading.Minute; minute < reading.Minute + reading.Count * 60L; minute += 60)
            {
                var day = Minutes.DayOf(minute);
                if (!days.TryGetValue(day, out var row)) days[day] = row = new DayRow();
                row.Set((int)(minute - day * Day) / 60, reading.Status, reading.Latency, reading.Version);
            }
        }
        var today = Minutes.DayOf(now);
        Observed? before = null;
        var closed = new List<DayCounts>();
        for (var day = today - MonitorPast.Days + 1; day < today; day++)
        {
            var row = days.GetValueOrDefault(day) ?? new DayRow();
            closed.Add(ObservedDay.Count(row, day, DayRow.Minutes, Blanks.Of(monitor), before?.Status, overlays));
            var last = row.LastKnown(DayRow.Minutes);
            if (last >= 0) before = new Observed(day * Day + last * 60L, row.StatusAt(last));
        }
        return new MonitorFacts(monitor, new MonitorPast
        {
            Today = today,
            Blanks = Blanks.Of(monitor),
            Closed = closed,
            TodayRow = days.GetValueOrDefault(today) ?? new DayRow(),
            Before = before,
            Overlays = overlays,
        });
    }

    public static StatusPageView View(long now, params MonitorFacts[] monitors) => HomeView.Of(new HomeFacts(monitors, []), now);

    public static string Text(this StatusPageView view) => JsonSerializer.Serialize(view);
}

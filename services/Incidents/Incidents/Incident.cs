using System.Text;
using Kener.Contracts;
using Kener.Incidents.Monitors;
using Kener.Incidents.Updates;
using Kener.Persistence;
using Kener.ServiceDefaults.Errors;

namespace Kener.Incidents.Incidents;

/// <summary>An incident: its interval, the monitors that it affects, and its updates.</summary>
internal sealed class Incident : IAggregate
{
    public const int LongestTitle = 255, MostUpdates = 500, MostTextBytes = 1 << 20;

    public long Id { get; set; }
    public long Version { get; set; } = 1;
    public string Title { get; set; } = "";
    /// <summary>INCIDENT; data imported from the original Kener may have other values.</summary>
    public string Type { get; set; } = "INCIDENT";
    public IncidentSource Source { get; set; }
    public bool IsGlobal { get; set; } = true;
    public IncidentState State { get; private set; }
    public long Start { get; private set; }
    public long? End { get; private set; }
    public long CreatedMs { get; set; }
    public long UpdatedMs { get; set; }
    public List<AffectedMonitor> Monitors { get; } = [];
    public List<Update> Updates { get; } = [];

    /// <summary>Sets the first second of the incident and the first one after it, null while it is open (Behavior: INC-3, INC-4).</summary>
    public void SetTimes(long start, long? end)
    {
        if (end < start) throw Refusal.BadRequest("end_date_time must not be before start_date_time");
        (Start, End) = (start, end);
    }

    /// <summary>Sets the fields that were sent, except the monitors.</summary>
    public void Apply(IncidentInput input)
    {
        if (input.Title.IsSent) ChangeText(() => Title = input.Title.Value);
        if (input.IsGlobal.IsSent) IsGlobal = input.IsGlobal.Value == "YES";
        if (input.StartDateTime.IsSent || input.EndDateTime.IsSent) SetTimes(input.StartDateTime.Or(Start), input.EndDateTime.Or(End));
    }

    /// <summary>Replaces the affected monitors by these, in this order.</summary>
    public void SetMonitors(IReadOnlyList<(KnownMonitor Monitor, MonitorStatus Impact)> wanted)
    {
        Monitors.RemoveAll(link => wanted.All(one => one.Monitor.Id != link.MonitorId));
        var linked = Monitors.ToDictionary(link => link.MonitorId);
        for (var position = 0; position < wanted.Count; position++)
        {
            var (monitor, impact) = wanted[position];
            if (!linked.TryGetValue(monitor.Id, out var link))
                Monitors.Add(link = new AffectedMonitor { MonitorId = monitor.Id, Monitor = monitor });
            (link.Impact, link.Position) = (impact, position);
        }
    }

    /// <summary>Adds an update to the timeline; the incident's state and end follow.</summary>
    public Update Post(string markdown, IncidentState state, long at, long nowMs)
    {
        // Hidden and deleted updates stay stored, so they count.
        if (Updates.Count >= MostUpdates) throw Refusal.BadRequest($"An incident must not have more than {MostUpdates} updates");
        var update = new Update { Markdown = markdown, State = state, At = at, CreatedMs = nowMs, UpdatedMs = nowMs };
        ChangeText(() => Updates.Add(update));
        FollowTimeline();
        return update;
    }

    /// <summary>Sets the fields of the update that were sent.</summary>
    public void Edit(Update update, UpdateInput input, long nowMs)
    {
        if (input.Comment.IsSent) ChangeText(() => update.Markdown = input.Comment.Value);
        update.State = input.State.Or(update.State);
        update.At = input.Timestamp.Or(update.At);
        update.UpdatedMs = nowMs;
        // Editing only the text moves neither state nor end.
        if (input.State.IsSent || input.Timestamp.IsSent) FollowTimeline();
    }

    /// <summary>Takes an update out of the timeline, or puts it back.</summary>
    public void SetStatus(Update update, UpdateStatus status, long nowMs)
    {
        (update.Status, update.UpdatedMs) = (status, nowMs);
        FollowTimeline();
    }

    /// <summary>
    /// Sets the state to that of the update that was posted last, whatever its own time is. RESOLVED ends the incident at the update's time, and
    /// leaving RESOLVED opens it again (Behavior: INC-1, INC-2). Otherwise an end that a request set stays.
    /// </summary>
    private void FollowTimeline()
    {
        // An update without an id is being posted now, so it is the last.
        var last = Updates.Where(update => update.Status == UpdateStatus.Active).MaxBy(update => update.Id == 0 ? long.MaxValue : update.Id);
        var state = last?.State ?? IncidentState.Investigating;
        if (state == IncidentState.Resolved)
        {
            if (End != last!.At) SetTimes(Start, last.At);
        }
        else if (State == IncidentState.Resolved) End = null;
        State = state;
    }

    /// <summary>
    /// Runs a change of the text; refuses one that makes the incident larger than the limit. An incident that is larger already can still be
    /// made smaller (Behavior: INC-12).
    /// </summary>
    private void ChangeText(Action change)
    {
        var before = TextBytes();
        change();
        if (TextBytes() is var after && after > MostTextBytes && after > before)
            throw Refusal.BadRequest($"An incident's title and updates must not be larger than {MostTextBytes / 1024} KiB in total");
    }

    private long TextBytes() => Encoding.UTF8.GetByteCount(Title) + Updates.Sum(update => (long)Encoding.UTF8.GetByteCount(update.Markdown));

    /// <summary>Returns the event with the whole state of the incident.</summary>
    public IncidentChanged ToEvent() => new()
    {
        Id = Id,
        Version = Version,
        Title = Title,
        Start = Start,
        End = End,
        State = State,
        Source = Source,
        IsGlobal = IsGlobal,
        Monitors = [.. Monitors.OrderBy(link => link.Position).Select(link => new IncidentLink(link.MonitorId, link.Impact))],
        Updates = [.. Updates.Where(update => update.Status == UpdateStatus.Active)
            .OrderByDescending(update => update.At).ThenByDescending(update => update.Id)
            .Select(update => new IncidentUpdate(update.Id, update.At, update.State, update.Markdown))],
        CreatedMs = CreatedMs,
        UpdatedMs = UpdatedMs,
    };
}

/// <summary>A monitor that an incident affects, and the impact.</summary>
internal sealed class AffectedMonitor
{
    public long IncidentId { get; set; }
    public long MonitorId { get; set; }
    public KnownMonitor Monitor { get; set; } = null!;
    public MonitorStatus Impact { get; set; }
    public int Position { get; set; }
}

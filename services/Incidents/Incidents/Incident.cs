using System.Text;
using Kener.Contracts;
using Kener.Persistence;
using Kener.ServiceDefaults;

namespace Kener.Incidents;

/// <summary>Something that went wrong: from when to when, on which monitors, and what was said about it.</summary>
internal sealed class Incident : IAggregate
{
    public const int LongestTitle = 255, MostUpdates = 500, MostTextBytes = 1 << 20;

    public long Id { get; set; }
    public long Version { get; set; } = 1;
    public string Title { get; set; } = "";
    /// <summary>INCIDENT; an import from the original may bring others.</summary>
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

    /// <summary>Sets the interval outright: the first second, and the first one after it (null while open).</summary>
    public void SetTimes(long start, long? end)
    {
        if (end < start) throw Refusal.BadRequest("end_date_time must not be before start_date_time");
        (Start, End) = (start, end);
    }

    /// <summary>Sets what was sent, apart from the monitors; the rest stays as it is.</summary>
    public void Apply(IncidentInput input)
    {
        if (input.Title.IsSent) ChangeText(() => Title = input.Title.Value);
        if (input.IsGlobal.IsSent) IsGlobal = input.IsGlobal.Value == "YES";
        if (input.StartDateTime.IsSent || input.EndDateTime.IsSent) SetTimes(input.StartDateTime.Or(Start), input.EndDateTime.Or(End));
    }

    /// <summary>Replaces the monitors by these, in this order.</summary>
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

    /// <summary>Adds an update to the timeline, and follows it.</summary>
    public Update Post(string markdown, IncidentState state, long at, long nowMs)
    {
        // Hidden and deleted ones are kept, so they count.
        if (Updates.Count >= MostUpdates) throw Refusal.BadRequest($"An incident must not have more than {MostUpdates} updates");
        var update = new Update { Markdown = markdown, State = state, At = at, CreatedMs = nowMs, UpdatedMs = nowMs };
        ChangeText(() => Updates.Add(update));
        FollowTimeline();
        return update;
    }

    /// <summary>Sets what was sent of an update; the rest stays as it is.</summary>
    public void Edit(Update update, UpdateInput input, long nowMs)
    {
        if (input.Comment.IsSent) ChangeText(() => update.Markdown = input.Comment.Value);
        update.State = input.State.Or(update.State);
        update.At = input.Timestamp.Or(update.At);
        update.UpdatedMs = nowMs;
        // A new text moves neither state nor end.
        if (input.State.IsSent || input.Timestamp.IsSent) FollowTimeline();
    }

    /// <summary>Takes an update out of the timeline, or puts it back.</summary>
    public void SetStatus(Update update, UpdateStatus status, long nowMs)
    {
        (update.Status, update.UpdatedMs) = (status, nowMs);
        FollowTimeline();
    }

    /// <summary>
    /// The update posted last decides the state, whatever its own time says; resolving ends the incident at the update's time, and leaving
    /// RESOLVED opens it again (Behavior: INC-1, INC-2). An end that was set outright stays while neither happens.
    /// </summary>
    private void FollowTimeline()
    {
        // An update without an id is being posted, so it is the last.
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
    /// Runs a change of the text and refuses one that makes the incident larger than the bound. One that is larger already can still be
    /// made smaller.
    /// </summary>
    private void ChangeText(Action change)
    {
        var before = TextBytes();
        change();
        if (TextBytes() is var after && after > MostTextBytes && after > before)
            throw Refusal.BadRequest($"An incident's title and updates must not be larger than {MostTextBytes / 1024} KiB in total");
    }

    private long TextBytes() => Encoding.UTF8.GetByteCount(Title) + Updates.Sum(update => (long)Encoding.UTF8.GetByteCount(update.Markdown));

    /// <summary>The whole incident as others are told of it.</summary>
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

/// <summary>A monitor that an incident touches, and how.</summary>
internal sealed class AffectedMonitor
{
    public long IncidentId { get; set; }
    public long MonitorId { get; set; }
    public KnownMonitor Monitor { get; set; } = null!;
    public MonitorStatus Impact { get; set; }
    public int Position { get; set; }
}

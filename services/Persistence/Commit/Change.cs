using System.Text;
using System.Text.Json;
using Kener.Contracts;
using Kener.Persistence.Delivery;
using Kener.ServiceDefaults.Telemetry;
using Microsoft.EntityFrameworkCore;

namespace Kener.Persistence.Commit;

/// <summary>A change in progress: the rows that it touches are locked, and its events and audit are written in its own transaction.</summary>
public sealed class Change<TDb> where TDb : ModuleDb
{
    private readonly List<(string Subject, Func<object> Event)> _events = [];
    private readonly List<(string Action, string Type, Func<long> Id, string? Detail)> _notes = [];
    private readonly HashSet<(Type, long)> _locked = [];

    internal Change(TDb db, string actor, long nowMs) => (Db, Actor, NowMs) = (db, actor, nowMs);

    /// <summary>The database, inside the transaction. Do not save: the change does.</summary>
    public TDb Db { get; }

    /// <summary>The subject of the caller, such as "key:3".</summary>
    public string Actor { get; }

    /// <summary>The time of the change, Unix milliseconds; the same for everything that it writes.</summary>
    public long NowMs { get; }

    /// <summary>Until this time only this process delivers the events, see <see cref="OutboxSignal{TDb}.HandOver"/>; 0 if any process may.</summary>
    internal long DueMs { get; init; }

    /// <summary>The number of tracked rows that it has written so far.</summary>
    internal int Written { get; private set; }

    /// <summary>The time of the change, Unix seconds.</summary>
    public long Now => NowMs / 1000;

    /// <summary>
    /// Locks the aggregate with this id until the transaction ends and returns its present state; null if it does not exist. Its version is raised
    /// once per change. SQLite has one writer, so there the transaction itself is the lock.
    /// </summary>
    public async Task<T?> LockAsync<T>(long id, CancellationToken cancel) where T : class, IAggregate
    {
        var readBefore = Db.ChangeTracker.Entries<T>().Any(entry => entry.State == EntityState.Unchanged && entry.Entity.Id == id);
        var rows = Db.IsPostgres && !_locked.Contains((typeof(T), id))
            ? Db.Locked<T>("WHERE id = {0} FOR UPDATE", id) : Db.Set<T>().Where(aggregate => aggregate.Id == id);
        var row = (await rows.ToListAsync(cancel)).SingleOrDefault();
        if (row is null || !_locked.Add((typeof(T), id))) return row;
        // A row that was read before the lock may have been changed since.
        if (readBefore) await Db.Entry(row).ReloadAsync(cancel);
        row.Version = Math.Max(row.Version + 1, NowMs);
        return row;
    }

    /// <summary>Writes pending rows, so that new ones get their ids; the transaction stays open.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        StampNew();
        Written += await Db.SaveChangesAsync(cancel);
    }

    /// <summary>
    /// Publishes an event with this change. The event is created after new rows have their ids, so it can use those that the database assigned. The
    /// subject, such as "incident/5", is for people.
    /// </summary>
    public void Publish(string subject, Func<object> makeEvent) => _events.Add((subject, makeEvent));

    /// <summary>Records in the audit who did what. <paramref name="detail"/> must not contain secrets.</summary>
    public void Audit(string action, string subjectType, Func<long> subjectId, object? detail = null) =>
        _notes.Add((action, subjectType, subjectId, detail is null ? null : JsonSerializer.Serialize(detail)));

    internal async Task<IReadOnlyList<OutboxRow>> WriteAsync(Guid? changeId, CancellationToken cancel)
    {
        // The audit row also shows, after a lost connection, that the change was committed.
        if (changeId is not null && _notes.Count == 0 && (_events.Count > 0 || Db.ChangeTracker.HasChanges()))
            throw new InvalidOperationException("A change must be recorded in the audit");
        StampNew();
        // If no new row waits for an id from the database, everything is written at once.
        if (Db.ChangeTracker.Entries().Any(entry => entry.State == EntityState.Added && entry.Properties.Any(property => property.IsTemporary)))
            await FlushAsync(cancel);
        var rows = _events.Select(entry => Outgoing(entry.Subject, entry.Event())).ToList();
        Db.Outbox.AddRange(rows);
        for (var i = 0; i < _notes.Count; i++)
        {
            var (action, type, id, detail) = _notes[i];
            Db.Audit.Add(new AuditRow
            {
                // One row with the change's id is enough to show that it was committed.
                ChangeId = i == 0 && changeId is { } own ? own : Guid.CreateVersion7(),
                AtMs = NowMs,
                Actor = Actor,
                Action = action,
                SubjectType = type,
                SubjectId = id(),
                Detail = detail,
            });
        }
        await FlushAsync(cancel);
        return rows;
    }

    private void StampNew()
    {
        foreach (var entry in Db.ChangeTracker.Entries<IAggregate>().Where(entry => entry.State == EntityState.Added))
            entry.Entity.Version = Math.Max(entry.Entity.Version, NowMs);
    }

    private OutboxRow Outgoing(string subject, object message)
    {
        var type = message.GetType();
        if (EventTypes.Find(type.Name) != type) throw new InvalidOperationException($"{type} is not listed in EventTypes");
        return new OutboxRow
        {
            MessageId = Guid.CreateVersion7(),
            Type = type.Name,
            Payload = JsonSerializer.Serialize(message, type, EventJson.Options),
            Subject = subject,
            CreatedMs = NowMs,
            DueMs = DueMs,
            TraceParent = KenerTraces.CurrentId,
        };
    }
}

internal static class EventJson
{
    // RabbitMQ rejects messages above 16 MiB and closes the channel, which fails all others that are being sent.
    private const int MostBytes = 15 << 20;

    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    /// <summary>Returns the event of this type; throws if the payload is no such event, or larger than a broker accepts.</summary>
    public static (object Event, Type Type) Read(string name, string payload)
    {
        var type = EventTypes.Find(name) ?? throw new InvalidOperationException($"No event is called {name}");
        if (Encoding.UTF8.GetByteCount(payload) > MostBytes) throw new InvalidOperationException($"The payload is larger than {MostBytes} bytes");
        return (JsonSerializer.Deserialize(payload, type, Options) ?? throw new InvalidOperationException("The payload is null"), type);
    }
}

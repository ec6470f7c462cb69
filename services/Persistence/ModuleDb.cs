using Microsoft.EntityFrameworkCore;

namespace Kener.Persistence;

/// <summary>A row whose changes are serialised: the choke point locks it and raises its version (Behavior: ARC-3).</summary>
public interface IAggregate
{
    /// <summary>Grows, and is never used again.</summary>
    long Id { get; }

    /// <summary>
    /// The Unix milliseconds of the last change, and always more than before. A clock, not a count: after this database was restored from
    /// an older backup, the next change still has a higher version than any that another service has received.
    /// </summary>
    long Version { get; set; }
}

/// <summary>
/// A service's database with what every service's has: outbox, dead letters, audit. Each service derives an abstract context with its own
/// tables, and one sealed context a provider, which only carries that provider's migrations.
/// </summary>
public abstract class ModuleDb : DbContext
{
    /// <summary>A context with these options, and no savepoints: whatever fails takes its whole transaction back, and each would ask the server twice.</summary>
    protected ModuleDb(DbContextOptions options) : base(options) => Database.AutoSavepointsEnabled = false;

    /// <summary>Within a change, from its transaction's begin to its end: see <see cref="OneConnection"/>.</summary>
    internal bool IsChanging { get; set; }

    /// <summary>Events that are committed and not yet delivered.</summary>
    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();

    /// <summary>Events that were given up.</summary>
    public DbSet<DeadLetter> DeadLetters => Set<DeadLetter>();

    /// <summary>Who changed what.</summary>
    public DbSet<AuditRow> Audit => Set<AuditRow>();

    /// <summary>The event types for which this module has asked for a replay.</summary>
    public DbSet<ConsumedEvent> ConsumedEvents => Set<ConsumedEvent>();

    /// <summary>Where this database lives: one row.</summary>
    public DbSet<DatabasePlace> Places => Set<DatabasePlace>();

    /// <summary>Whether this is PostgreSQL; SQLite otherwise.</summary>
    public bool IsPostgres => Database.ProviderName == "Npgsql.EntityFrameworkCore.PostgreSQL";

    /// <summary>
    /// Rows of a table by PostgreSQL's own words after its name, such as "WHERE id = {0} FOR UPDATE"; not to be composed further. Only values may
    /// come from outside, as parameters.
    /// </summary>
    public IQueryable<T> Locked<T>(string words, params object[] values) where T : class
    {
        var entity = Model.FindEntityType(typeof(T))!;
        // One by one: a prepared "*" fails when another release has given the table a column.
        var columns = string.Join(", ", entity.GetProperties().Select(property => $"\"{property.GetColumnName()}\""));
        var statement = $"SELECT {columns} FROM \"{entity.GetTableName()}\" {words}";
        return Set<T>().FromSqlRaw(statement, values);
    }

    /// <summary>Called in a transaction, before anything is served, after this database was restored from a backup.</summary>
    protected internal virtual Task OnRestoredAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Derived contexts add their tables and call the base.</summary>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<OutboxRow>(outbox =>
        {
            outbox.ToTable("outbox");
            outbox.HasIndex(row => row.DueMs);
        });
        modelBuilder.Entity<DeadLetter>().ToTable("dead_letters");
        modelBuilder.Entity<ConsumedEvent>().ToTable("consumed_events").HasKey(consumed => consumed.Type);
        modelBuilder.Entity<DatabasePlace>(place =>
        {
            place.ToTable("database_places");
            place.Property(row => row.Id).ValueGeneratedNever();
        });
        modelBuilder.Entity<AuditRow>(audit =>
        {
            audit.ToTable("audit");
            audit.HasIndex(row => row.ChangeId).IsUnique();
            audit.HasIndex(row => new { row.SubjectType, row.SubjectId });
        });
    }
}

/// <summary>Where a database lives, as it was when it was last opened. In another place it is a copy: it was restored from a backup.</summary>
public sealed class DatabasePlace
{
    /// <summary>Of the only row.</summary>
    public long Id { get; set; } = 1;
    /// <summary>A name of the place, see RestoreCheck.</summary>
    public required string Place { get; set; }
    /// <summary>Whether it was restored, and others have not been asked yet for what it missed.</summary>
    public bool WasRestored { get; set; }
}

/// <summary>An event type that this module consumes, and whose present state it has asked the owners for.</summary>
public sealed class ConsumedEvent
{
    /// <summary>A name of <see cref="Contracts.EventTypes"/>.</summary>
    public required string Type { get; init; }
}

/// <summary>An event waiting for its delivery.</summary>
public sealed class OutboxRow
{
    /// <summary>Order of entry.</summary>
    public long Id { get; set; }
    /// <summary>The message's own id, the same at each try.</summary>
    public Guid MessageId { get; set; }
    /// <summary>A name of <see cref="Contracts.EventTypes"/>.</summary>
    public required string Type { get; set; }
    /// <summary>The event as JSON.</summary>
    public required string Payload { get; set; }
    /// <summary>What it is about, such as "incident/5".</summary>
    public required string Subject { get; set; }
    /// <summary>Unix milliseconds.</summary>
    public long CreatedMs { get; set; }
    /// <summary>Failed tries.</summary>
    public int Tries { get; set; }
    /// <summary>Not before this, Unix milliseconds.</summary>
    public long DueMs { get; set; }
    /// <summary>The span in which it was committed, as a W3C traceparent; null where no telemetry was sent.</summary>
    public string? TraceParent { get; set; }
}

/// <summary>
/// An event that was given up, kept for a person to look at: one of this module's that could not be delivered, or one that a consumer of
/// this module could not take in.
/// </summary>
public sealed class DeadLetter
{
    private const int LongestError = 4_000;

    /// <summary>Order of entry.</summary>
    public long Id { get; set; }
    /// <summary>The message's own id.</summary>
    public Guid MessageId { get; set; }
    /// <summary>A name of <see cref="Contracts.EventTypes"/>.</summary>
    public required string Type { get; set; }
    /// <summary>The event as JSON.</summary>
    public required string Payload { get; set; }
    /// <summary>What it is about; the queue's name where a consumer of this module failed.</summary>
    public required string Subject { get; set; }
    /// <summary>Why the last try failed.</summary>
    public required string Error { get; set; }
    /// <summary>Unix milliseconds of giving up.</summary>
    public long DeadMs { get; set; }

    internal static DeadLetter Of(Guid messageId, string type, string payload, string subject, string error, long nowMs) => new()
    {
        MessageId = messageId,
        Type = type,
        Payload = payload,
        Subject = Storable(subject),
        Error = Storable(error),
        DeadMs = nowMs,
    };

    /// <summary>An error's text may hold what no database takes, and must not keep its event from being given up.</summary>
    internal static string Storable(string error)
    {
        var text = new string([.. error.Take(LongestError).Select(letter => letter == '\0' || char.IsSurrogate(letter) ? '\uFFFD' : letter)]);
        return text.Length == 0 ? "(no message)" : text;
    }
}

/// <summary>One change by one actor. The chain's fields are filled when the row is sealed.</summary>
public sealed class AuditRow
{
    /// <summary>Order of entry.</summary>
    public long Id { get; set; }
    /// <summary>The transaction's own id: tells after a lost connection whether it was committed.</summary>
    public Guid ChangeId { get; set; }
    /// <summary>Unix milliseconds.</summary>
    public long AtMs { get; set; }
    /// <summary>The subject of the caller, such as "key:3".</summary>
    public required string Actor { get; set; }
    /// <summary>What was done, such as "incident.update.posted".</summary>
    public required string Action { get; set; }
    /// <summary>Such as "incident".</summary>
    public required string SubjectType { get; set; }
    /// <summary>Id of what was changed.</summary>
    public long SubjectId { get; set; }
    /// <summary>What changed, as JSON without secrets; null where the action says it all.</summary>
    public string? Detail { get; set; }
    /// <summary>Hash over this row and <see cref="PreviousHash"/>, once sealed.</summary>
    public string? Hash { get; set; }
    /// <summary>Hash of the row before.</summary>
    public string? PreviousHash { get; set; }
}

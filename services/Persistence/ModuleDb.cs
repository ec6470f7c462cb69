using Kener.Persistence.Commit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Persistence;

/// <summary>A row whose changes are serialized: a change locks it and raises its version (Behavior: ARC-3).</summary>
public interface IAggregate
{
    /// <summary>The id; ids grow and are never used again.</summary>
    long Id { get; }

    /// <summary>
    /// The Unix milliseconds of the last change, and always higher than before. A clock, not a counter: after this database was restored from an
    /// older backup, the next change still has a higher version than any that another service has received.
    /// </summary>
    long Version { get; set; }
}

/// <summary>
/// A service's database, with the tables that every service has: outbox, dead letters and audit. Each service derives an abstract context with
/// its own tables, and from that one sealed context per provider, which only carries that provider's migrations.
/// </summary>
public abstract class ModuleDb : DbContext
{
    /// <summary>Creates a context without savepoints: any failure rolls the whole transaction back, and each savepoint costs two round trips.</summary>
    protected ModuleDb(DbContextOptions options) : base(options) => Database.AutoSavepointsEnabled = false;

    /// <summary>True within a change, from the beginning of its transaction to its end: see <see cref="OneConnection"/>.</summary>
    internal bool IsChanging { get; set; }

    /// <summary>Events that are committed and not yet delivered.</summary>
    public DbSet<OutboxRow> Outbox => Set<OutboxRow>();

    /// <summary>Events that failed every attempt.</summary>
    public DbSet<DeadLetter> DeadLetters => Set<DeadLetter>();

    /// <summary>The audit: who changed what.</summary>
    public DbSet<AuditRow> Audit => Set<AuditRow>();

    /// <summary>The event types for which this module has requested a replay.</summary>
    public DbSet<ConsumedEvent> ConsumedEvents => Set<ConsumedEvent>();

    /// <summary>The place where this database was last opened: one row.</summary>
    public DbSet<DatabasePlace> Places => Set<DatabasePlace>();

    /// <summary>True for PostgreSQL, false for SQLite.</summary>
    public bool IsPostgres => Database.ProviderName == "Npgsql.EntityFrameworkCore.PostgreSQL";

    /// <summary>
    /// Returns rows of a table by the PostgreSQL clauses that follow its name, such as "WHERE id = {0} FOR UPDATE". The query must not be composed
    /// further. Only values may come from outside, as parameters.
    /// </summary>
    public IQueryable<T> Locked<T>(string words, params object[] values) where T : class
    {
        var entity = Model.FindEntityType(typeof(T))!;
        // Columns by name: a prepared "*" fails when another release has added a column to the table.
        var columns = string.Join(", ", entity.GetProperties().Select(property => $"\"{property.GetColumnName()}\""));
        var statement = $"SELECT {columns} FROM \"{entity.GetTableName()}\" {words}";
        return Set<T>().FromSqlRaw(statement, values);
    }

    /// <summary>
    /// Stores the row unless the stored one with its key has the same version or a newer one, and returns whether it did. The row is then
    /// locked until the transaction ends.
    /// </summary>
    public async Task<bool> TakeNewerAsync<T>(T row, CancellationToken cancel) where T : class =>
        await Database.ExecuteSqlAsync(Newer.Statement(this, row), cancel) > 0;

    /// <summary>Called in a transaction, before anything is served, after this database was restored from a backup.</summary>
    protected internal virtual Task OnRestoredAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Adds the tables that every service has. Derived contexts add their own and call the base.</summary>
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

/// <summary>The place where a database was last opened. In another place, it is a copy: it was restored from a backup.</summary>
public sealed class DatabasePlace
{
    /// <summary>The id of the only row.</summary>
    public long Id { get; set; } = 1;
    /// <summary>A name of the place; see RestoreCheck.</summary>
    public required string Place { get; set; }
    /// <summary>True after a restore, until the module has requested what it missed.</summary>
    public bool WasRestored { get; set; }
}

/// <summary>An event type that this module consumes, and for which it has requested a replay.</summary>
public sealed class ConsumedEvent
{
    /// <summary>A name of <see cref="Contracts.EventTypes"/>.</summary>
    public required string Type { get; init; }
}

/// <summary>An event that waits for its delivery.</summary>
public sealed class OutboxRow
{
    /// <summary>The id, in order of insertion.</summary>
    public long Id { get; set; }
    /// <summary>The id of the message, the same at each attempt.</summary>
    public Guid MessageId { get; set; }
    /// <summary>A name of <see cref="Contracts.EventTypes"/>.</summary>
    public required string Type { get; set; }
    /// <summary>The event as JSON.</summary>
    public required string Payload { get; set; }
    /// <summary>What the event is about, such as "incident/5".</summary>
    public required string Subject { get; set; }
    /// <summary>The time of the change, Unix milliseconds.</summary>
    public long CreatedMs { get; set; }
    /// <summary>Failed attempts.</summary>
    public int Tries { get; set; }
    /// <summary>Not delivered from the table before this time, Unix milliseconds.</summary>
    public long DueMs { get; set; }
    /// <summary>The span in which it was committed, as a W3C traceparent; null if no telemetry was sent.</summary>
    public string? TraceParent { get; set; }
}

/// <summary>
/// An event that failed every attempt, kept for an operator: one of this module that could not be delivered, or one that a consumer of this
/// module could not process.
/// </summary>
public sealed class DeadLetter
{
    private const int LongestError = 4_000;

    /// <summary>The id, in order of insertion.</summary>
    public long Id { get; set; }
    /// <summary>The id of the message.</summary>
    public Guid MessageId { get; set; }
    /// <summary>A name of <see cref="Contracts.EventTypes"/>, or "unknown".</summary>
    public required string Type { get; set; }
    /// <summary>The event as JSON, or the beginning of a message that is not a known event.</summary>
    public required string Payload { get; set; }
    /// <summary>What the event is about; the name of the queue if a consumer of this module failed.</summary>
    public required string Subject { get; set; }
    /// <summary>The error of the last attempt.</summary>
    public required string Error { get; set; }
    /// <summary>When it became a dead letter, Unix milliseconds.</summary>
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

    /// <summary>Replaces characters that no database stores and shortens the text, so that an error never prevents its dead letter.</summary>
    internal static string Storable(string error)
    {
        var text = new string([.. error.Take(LongestError).Select(letter => letter == '\0' || char.IsSurrogate(letter) ? '\uFFFD' : letter)]);
        return text.Length == 0 ? "(no message)" : text;
    }
}

/// <summary>One change by one actor. The hashes are reserved for a chain over all rows, and not filled yet.</summary>
public sealed class AuditRow
{
    /// <summary>The id, in order of insertion.</summary>
    public long Id { get; set; }
    /// <summary>The id of the transaction, in its first row: shows after a lost connection whether it was committed.</summary>
    public Guid ChangeId { get; set; }
    /// <summary>The time of the change, Unix milliseconds.</summary>
    public long AtMs { get; set; }
    /// <summary>The subject of the caller, such as "key:3".</summary>
    public required string Actor { get; set; }
    /// <summary>What was done, such as "incident.update.posted".</summary>
    public required string Action { get; set; }
    /// <summary>The type of what was changed, such as "incident".</summary>
    public required string SubjectType { get; set; }
    /// <summary>The id of what was changed.</summary>
    public long SubjectId { get; set; }
    /// <summary>What changed, as JSON without secrets; null if the action says everything.</summary>
    public string? Detail { get; set; }
    /// <summary>Reserved: the hash of this row and <see cref="PreviousHash"/>.</summary>
    public string? Hash { get; set; }
    /// <summary>Reserved: the hash of the previous row.</summary>
    public string? PreviousHash { get; set; }
}

using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Kener.Persistence.Commit;

/// <summary>
/// Keeps a change on one connection. If the connection breaks while a reader is closed, no error is raised; EF would open another connection for
/// the next statement, and write there without the transaction.
/// </summary>
internal sealed class OneConnection : DbConnectionInterceptor
{
    /// <summary>Returns the exception that an execution strategy recognizes as a lost connection and retries.</summary>
    public static NpgsqlException Lost(Exception? fault = null) => new("The connection was lost during a change", new IOException("It broke without an error", fault));

    /// <inheritdoc/>
    public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result) =>
        eventData.Context is ModuleDb { IsChanging: true } ? throw Lost() : result;

    /// <inheritdoc/>
    public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(ConnectionOpening(connection, eventData, result));
}

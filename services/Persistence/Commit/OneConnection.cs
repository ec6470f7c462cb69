using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Kener.Persistence;

/// <summary>
/// A change goes over one connection or not at all. Where that breaks while an answer is put away which was had already, nobody is told;
/// EF would open another for what comes next, and write there without the transaction.
/// </summary>
internal sealed class OneConnection : DbConnectionInterceptor
{
    /// <summary>What a lost connection is to a strategy that tries again.</summary>
    public static NpgsqlException Lost(Exception? fault = null) => new("The connection was lost within a change", new IOException("It broke unnoticed", fault));

    /// <inheritdoc/>
    public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result) =>
        eventData.Context is ModuleDb { IsChanging: true } ? throw Lost() : result;

    /// <inheritdoc/>
    public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(ConnectionOpening(connection, eventData, result));
}

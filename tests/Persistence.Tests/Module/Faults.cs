using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Kener.Persistence.Tests;

/// <summary>Faults where they hurt most, each once.</summary>
internal static class Faults
{
    /// <summary>Puts an interceptor into the test module's contexts.</summary>
    public static void AddFault(this IServiceCollection services, IInterceptor fault)
    {
        services.ConfigureDbContext<TestSqlite>(options => options.AddInterceptors(fault));
        services.ConfigureDbContext<TestPostgres>(options => options.AddInterceptors(fault));
    }

    public static NpgsqlException LostConnection() => new("The connection was lost", new IOException("broken pipe"));
}

/// <summary>The connection breaks in the commit: before the server has it, or after, when nobody can tell.</summary>
internal sealed class BrokenCommit(bool afterwards) : DbTransactionInterceptor
{
    private int _left;

    public void Arm() => _left = 1;

    public override ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        !afterwards && Interlocked.Decrement(ref _left) == 0 ? throw Faults.LostConnection() : ValueTask.FromResult(result);

    public override Task TransactionCommittedAsync(
        DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default) =>
        afterwards && Interlocked.Decrement(ref _left) == 0 ? throw Faults.LostConnection() : Task.CompletedTask;
}

/// <summary>What is delivered is not deleted: as if the process had ended in between.</summary>
internal sealed class BrokenDeletion : DbCommandInterceptor
{
    private int _left = 1;

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        command.CommandText.Contains("DELETE FROM", StringComparison.Ordinal) && Interlocked.Decrement(ref _left) == 0
            ? throw new InvalidOperationException("ended before the deletion") : ValueTask.FromResult(result);
}

using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Kener.Persistence;

/// <summary>Brings the database up to date before the process serves: in PostgreSQL under an advisory lock, so that replicas take turns.</summary>
internal sealed class Migrator<TDb>(IServiceScopeFactory scopes, IOptions<KenerSettings> settings) : IHostedService where TDb : ModuleDb
{
    private const long LockKey = 0x4B454E4552; // "KENER"

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        if (!db.IsPostgres)
        {
            Directory.CreateDirectory(settings.Value.DataPath);
            // EF marks a running migration by a row, which a killed process leaves behind for ever. Here nobody else can be migrating:
            // one process owns the folder.
            await db.Database.OpenConnectionAsync(cancellationToken);
            await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", cancellationToken);
            await db.Database.MigrateAsync(cancellationToken);
            await db.Database.CloseConnectionAsync();
            return;
        }
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({LockKey})", cancellationToken);
            await db.Database.MigrateAsync(cancellationToken);
        }
        finally
        {
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({LockKey})", CancellationToken.None);
            await db.Database.CloseConnectionAsync();
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

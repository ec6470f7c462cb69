using Kener.Persistence.Commit;
using Kener.Persistence.DeadLetters;
using Kener.Persistence.Delivery;
using Kener.Persistence.Start;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Health;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Kener.Persistence.Providers;

/// <summary>Registers a module's database, with everything that changes need.</summary>
public static class ModuleDbExtensions
{
    /// <summary>
    /// Registers <typeparamref name="TDb"/> with the provider from the settings: PostgreSQL with this connection string, or SQLite with the file
    /// <c>{DataPath}/{module}.db</c>. Migrates at the start, before anything is served or delivered. Add a module's own hosted services afterwards.
    /// </summary>
    public static IHostApplicationBuilder AddModuleDb<TDb, TSqlite, TPostgres>(this IHostApplicationBuilder builder, string connectionName, string module)
        where TDb : ModuleDb where TSqlite : TDb where TPostgres : TDb
    {
        var settings = builder.Configuration.ReadKenerSettings();
        builder.Modules().Add(new Module(module, typeof(TDb)));
        builder.AddDeadLetters<TDb>();
        var isPostgres = settings.Database == DatabaseKind.PostgreSQL;
        if (isPostgres) builder.AddPostgres<TDb, TPostgres>(connectionName);
        else builder.AddSqlite<TDb, TSqlite>(Path.Combine(settings.DataPath, module + ".db"));
        builder.Services.AddSingleton<WriteHealth<TDb>>();
        builder.Services.AddHealthChecks().AddCheck<DatabaseCheck<TDb>>((isPostgres ? typeof(TPostgres) : typeof(TSqlite)).Name, tags: ["ready"])
            .AddWatch<OutboxAge<TDb>>($"outbox-{module}").AddWatch<DeadLetterCount<TDb>>($"dead-letters-{module}");
        builder.Services.TryAddSingleton(new OutageRule(DatabaseOutage.ReasonOf));
        builder.Services.TryAddSingleton<DataFolder>();
        builder.Services.TryAddSingleton<ReferenceWait>();
        builder.Services.AddScoped<Changes<TDb>>();
        builder.Services.AddSingleton<OutboxSignal<TDb>>();
        builder.Services.AddSingleton<SqliteWriteLock<TDb>>();
        builder.Services.AddSingleton<Migrator<TDb>>().AddSingleton(services => new ModuleMigration(services.GetRequiredService<Migrator<TDb>>().RunAsync));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, Migrations>());
        if (settings.Database == DatabaseKind.Sqlite) builder.Services.AddHostedService<PlaceChange<TDb>>();
        builder.Services.AddHostedService<Dispatcher<TDb>>();
        return builder.AddWarmUp<TDb>();
    }

    private static void AddPostgres<TDb, TPostgres>(this IHostApplicationBuilder builder, string connectionName) where TDb : ModuleDb where TPostgres : TDb
    {
        builder.AddPostgresContext<TPostgres>(connectionName, options => Tune(options));
        builder.Services.AddScoped<TDb>(services => services.GetRequiredService<TPostgres>());
    }

    private static void AddSqlite<TDb, TSqlite>(this IHostApplicationBuilder builder, string path) where TDb : ModuleDb where TSqlite : TDb
    {
        var connection = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 5, ForeignKeys = true }.ToString();
        builder.Services.AddDbContextPool<TSqlite>(options => Tune(options).UseSqlite(connection).AddInterceptors(new SqliteTuning()));
        builder.Services.AddScoped<TDb>(services => services.GetRequiredService<TSqlite>());
    }

    private static IHostApplicationBuilder AddWarmUp<TDb>(this IHostApplicationBuilder builder) where TDb : ModuleDb
    {
        builder.Services.AddSingleton(new Rehearsal((services, cancel) => services.GetRequiredService<Changes<TDb>>().RehearseAsync(cancel)));
        if (builder.Services.Any(service => service.ServiceType == typeof(WarmUp))) return builder;
        builder.Services.AddSingleton<WarmUp>();
        builder.Services.AddHostedService(services => services.GetRequiredService<WarmUp>());
        builder.Services.AddHealthChecks().AddCheck<WarmUp>("warm-up", tags: ["ready"]);
        return builder;
    }

    /// <summary>
    /// Disables two defaults of EF. Tests, not each start, check that the migrations match the model. A fault is logged once, where it is handled, and
    /// not by EF as well.
    /// </summary>
    private static DbContextOptionsBuilder Tune(DbContextOptionsBuilder options) =>
        options.UseSnakeCaseNamingConvention().AddInterceptors(new OneConnection()).ConfigureWarnings(warnings => warnings.Ignore(
            RelationalEventId.PendingModelChangesWarning, CoreEventId.SaveChangesFailed, CoreEventId.QueryIterationFailed));
}

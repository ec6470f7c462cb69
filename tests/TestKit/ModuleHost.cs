using System.Net.Http.Headers;
using Kener.Contracts;
using Kener.Persistence.Delivery;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Identity;
using MassTransit.Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Kener.TestKit;

/// <summary>A module as it runs in production, on a free port, with its own database and delivery by the mediator.</summary>
public sealed class ModuleHost : IAsyncDisposable
{
    private static readonly string[] Connections = ["incidentdb", "monitordb", "statusdb", "accountdb", "testdb"];
    private readonly WebApplication _app;
    private readonly Func<ValueTask> _cleanUp;

    private ModuleHost(WebApplication app, Func<ValueTask> cleanUp)
    {
        (_app, _cleanUp) = (app, cleanUp);
        Log = app.Services.GetRequiredService<HostLog>();
        Anonymous = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public IServiceProvider Services => _app.Services;

    /// <summary>The host's log. Disposing the host throws if it answered a request with 500, unless the test expects that.</summary>
    public HostLog Log { get; }

    /// <summary>A client without a token.</summary>
    public HttpClient Anonymous { get; }

    public static async Task<ModuleHost> StartAsync(
        DatabaseKind database, Action<WebApplicationBuilder> add, Action<WebApplication> map, TimeProvider? clock = null, string? dataPath = null,
        IReadOnlyDictionary<string, string?>? settings = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Logging.AddConsole().SetMinimumLevel(LogLevel.Warning);
        var folder = dataPath ?? Path.Combine(Path.GetTempPath(), "kener-test-" + Guid.NewGuid().ToString("N"));
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kener:Database"] = database.ToString(),
            ["Kener:Delivery"] = nameof(DeliveryKind.Mediator),
            ["Kener:DataPath"] = folder,
            ["Logging:LogLevel:Default"] = nameof(LogLevel.Warning),
            ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = nameof(LogLevel.Warning),
        });
        var cleanUp = database == DatabaseKind.PostgreSQL ? await OnPostgresAsync(builder) : OnFolder(dataPath is null ? folder : null);
        if (settings is not null) builder.Configuration.AddInMemoryCollection(settings);
        builder.AddServiceDefaults();
        builder.AddHostLog();
        // Log as little as in production.
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
        if (clock is not null) builder.Services.Replace(ServiceDescriptor.Singleton(clock));
        add(builder);
        builder.AddDelivery();
        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapServiceDefaults();
        map(app);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            await cleanUp();
            throw;
        }
        return new ModuleHost(app, cleanUp);
    }

    private static async Task<Func<ValueTask>> OnPostgresAsync(WebApplicationBuilder builder)
    {
        var (connection, drop) = await PostgresDatabase.CreateAsync();
        foreach (var name in Connections) builder.Configuration[$"ConnectionStrings:{name}"] = connection;
        return drop;
    }

    private static Func<ValueTask> OnFolder(string? ownFolder) => () =>
    {
        SqliteConnection.ClearAllPools();
        if (ownFolder is not null && Directory.Exists(ownFolder)) Directory.Delete(ownFolder, recursive: true);
        return ValueTask.CompletedTask;
    };

    /// <summary>Returns a client whose token has these permissions, or all permissions if none is named.</summary>
    public HttpClient Client(params string[] permissions)
    {
        var caller = new Caller("key:1", permissions.Length == 0 ? Permissions.OfKeys : permissions);
        var client = new HttpClient { BaseAddress = Anonymous.BaseAddress };
        client.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", Services.GetRequiredService<InternalToken>().For(caller));
        return client;
    }

    /// <summary>Delivers an event of another service to the module's consumers, and returns when they have committed.</summary>
    public Task PublishAsync(object message) => Services.GetRequiredService<IMediator>().Publish(message, message.GetType());

    public async ValueTask DisposeAsync()
    {
        Anonymous.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _cleanUp();
        Log.Check();
    }
}

/// <summary>Creates databases on the PostgreSQL server that <c>./test</c> starts.</summary>
public static class PostgresDatabase
{
    public static async Task<(string Connection, Func<ValueTask> Drop)> CreateAsync()
    {
        var server = Environment.GetEnvironmentVariable("KENER_TEST_POSTGRES")
            ?? throw new InvalidOperationException("KENER_TEST_POSTGRES is not set: run ./test, or set it to the connection string of a PostgreSQL server");
        var name = "t_" + Guid.NewGuid().ToString("N");
        await ExecuteAsync(server, $"CREATE DATABASE {name}");
        var connection = new NpgsqlConnectionStringBuilder(server) { Database = name, MaxPoolSize = 20 }.ToString();
        return (connection, async () =>
        {
            NpgsqlConnection.ClearPool(new NpgsqlConnection(connection));
            await ExecuteAsync(server, $"DROP DATABASE {name} WITH (FORCE)");
        }
        );
    }

    private static async Task ExecuteAsync(string server, string sql)
    {
        // Many tests create and drop databases at once; on a busy machine that may take longer than the usual half a minute.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(server) { Timeout = 120, CommandTimeout = 120 }.ToString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

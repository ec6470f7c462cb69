using Kener.Accounts.ApiKeys;
using Kener.Contracts;
using Kener.Persistence;
using Kener.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Kener.Accounts;

/// <summary>The Accounts service as a module: the same code in a process of its own and inside Standalone.</summary>
public static class AccountsModule
{
    /// <summary>Registers everything that Accounts needs.</summary>
    public static IHostApplicationBuilder AddAccounts(this IHostApplicationBuilder builder)
    {
        builder.AddModuleDb<AccountsDb, AccountsSqlite, AccountsPostgres>("accountdb", "accounts");
        builder.Services.TryAddSingleton(new Terminal(Console.Out, !Console.IsOutputRedirected));
        builder.Services.AddSingleton<KeyPublisher>();
        builder.Services.AddHostedService<FirstKey>();
        builder.Services.AddHostedService(services => services.GetRequiredService<KeyPublisher>());
        builder.AddSnapshotMirror(PublishedKeys.SnapshotKey);
        return builder;
    }

    /// <summary>Maps the endpoints of Accounts.</summary>
    public static IEndpointRouteBuilder MapAccounts(this IEndpointRouteBuilder app)
    {
        var keys = app.MapGroup("/api/v5/api-keys");
        keys.MapGet("", ListKeys.HandleAsync).Requires(Permissions.ApiKeysRead);
        keys.MapPost("", CreateKey.HandleAsync).Requires(Permissions.ApiKeysWrite);
        keys.MapPatch("/{id}", ChangeKey.HandleAsync).Requires(Permissions.ApiKeysWrite);
        keys.MapDelete("/{id}", DeleteKey.HandleAsync).Requires(Permissions.ApiKeysDelete);
        app.MapDeadLetters<AccountsDb>();
        return app;
    }
}

using Kener.Accounts.ApiKeys;
using Kener.Accounts.Database;
using Kener.Contracts;
using Kener.Persistence.DeadLetters;
using Kener.Persistence.Providers;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.OpenApi;
using Kener.ServiceDefaults.Redis;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Kener.Accounts;

/// <summary>The Accounts service as a module: the same code in a process of its own and inside Standalone.</summary>
public static class AccountsModule
{
    /// <summary>Registers everything that Accounts needs.</summary>
    public static IHostApplicationBuilder AddAccounts(this IHostApplicationBuilder builder)
    {
        builder.AddModuleDb<AccountsDb, AccountsSqlite, AccountsPostgres>("accountdb", "accounts");
        builder.Services.TryAddSingleton(new ConsoleOutput(Console.Out, !Console.IsOutputRedirected));
        builder.Services.AddSingleton<KeyPublisher>();
        builder.Services.AddHostedService<FirstKey>();
        builder.Services.AddHostedService(services => services.GetRequiredService<KeyPublisher>());
        builder.AddSnapshotMirror(PublishedKeys.SnapshotKey);
        return builder;
    }

    /// <summary>Maps the endpoints of Accounts.</summary>
    public static IEndpointRouteBuilder MapAccounts(this IEndpointRouteBuilder app)
    {
        var keys = app.MapGroup("/api/v5/api-keys").WithTags("API Keys").WithPath("id", typeof(long), "Id of the API key.");
        keys.MapGet("", ListKeys.HandleAsync).Requires(Permissions.ApiKeysRead).Describe("listApiKeys", "List API keys", Answers.Ok<KeyList>());
        keys.MapPost("", CreateKey.HandleAsync).Requires(Permissions.ApiKeysWrite)
            .Describe("createApiKey", "Create API key", Answers.Created<OneKey>(400)).WithBody(typeof(KeyInput), "name", "permissions")
            .WithDescription("Creates a key that has some of the permissions of the caller. The answer contains the key itself, only this once.");
        keys.MapPatch("/{id}", UpdateKey.HandleAsync).Requires(Permissions.ApiKeysWrite)
            .Describe("updateApiKey", "Update API key", Answers.Ok<OneKey>(400, 404)).WithBody(typeof(KeyInput))
            .WithDescription("Sets the fields that the body names. The caller needs every permission of the key, which cannot be changed.");
        keys.MapDelete("/{id}", DeleteKey.HandleAsync).Requires(Permissions.ApiKeysDelete)
            .Describe("deleteApiKey", "Delete API key", Answers.Ok<MessageAnswer>(404))
            .WithDescription("Deletes the key. The caller needs every permission of the key.");
        app.MapDeadLetters<AccountsDb>();
        return app;
    }
}

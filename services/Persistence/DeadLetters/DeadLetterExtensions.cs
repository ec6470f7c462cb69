using Kener.Contracts;
using Kener.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Kener.Persistence;

/// <summary>A module's dead letters in the API: each module stores and lists its own.</summary>
public static class DeadLetterExtensions
{
    /// <summary>Lets a gateway in the same process list them together with those of the other modules.</summary>
    internal static void AddDeadLetters<TDb>(this IHostApplicationBuilder builder) where TDb : ModuleDb =>
        builder.Services.AddSingleton(services => new DeadLetterBox(NameOf<TDb>(), async (_, cancel) =>
        {
            await using var scope = services.GetRequiredService<IServiceScopeFactory>().CreateAsyncScope();
            return await ListDeadLetters.ReadAsync(scope.ServiceProvider.GetRequiredService<TDb>(), NameOf<TDb>(), cancel);
        }));

    /// <summary>Maps <c>/api/v5/dead-letters/{service}</c> for the module with this database.</summary>
    public static IEndpointRouteBuilder MapDeadLetters<TDb>(this IEndpointRouteBuilder app) where TDb : ModuleDb
    {
        var service = NameOf<TDb>();
        var letters = app.MapGroup(DeadLetterBox.PathOf(service));
        // ASP.NET Core's analyzer cannot handle delegates with a type parameter among their arguments, so these take only the context.
        letters.MapGet("", context => ListDeadLetters.HandleAsync<TDb>(context, service)).Requires(Permissions.SettingsRead);
        letters.MapPost("{id}/replay", ReplayDeadLetter.HandleAsync<TDb>).Requires(Permissions.SettingsWrite);
        letters.MapDelete("{id}", DeleteDeadLetter.HandleAsync<TDb>).Requires(Permissions.SettingsWrite);
        return app;
    }

    /// <summary>Returns the name of the service, such as "incidents" for the database of Kener.Incidents.</summary>
    private static string NameOf<TDb>() => typeof(TDb).Assembly.GetName().Name!.Split('.')[1].ToLowerInvariant();
}

using Kener.Contracts;
using Kener.ServiceDefaults.DeadLetters;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.OpenApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Kener.Persistence.DeadLetters;

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
        var noun = char.ToUpperInvariant(service[0]) + service[1..];
        var letters = app.MapGroup(DeadLetterBox.PathOf(service)).WithTags("Dead Letters").WithPath("id", typeof(long), "Id of the dead letter.");
        // Handlers with a type parameter among their arguments are too much for ASP.NET's analyzer, so these take the context alone.
        letters.MapGet("", context => ListDeadLetters.HandleAsync<TDb>(context, service)).Requires(Permissions.SettingsRead)
            .Describe($"list{noun}DeadLetters", $"List dead letters of the {noun} service", Answers.Ok<DeadLetterList>())
            .WithDescription("Returns the newest 200 events that could not be delivered or processed, and the number of all.");
        letters.MapPost("{id}/replay", ReplayDeadLetter.HandleAsync<TDb>).Requires(Permissions.SettingsWrite)
            .Describe($"replay{noun}DeadLetter", $"Replay a dead letter of the {noun} service", Answers.Ok<MessageAnswer>(404, 409))
            .WithDescription("Sends the event again and removes the dead letter.");
        letters.MapDelete("{id}", DeleteDeadLetter.HandleAsync<TDb>).Requires(Permissions.SettingsWrite)
            .Describe($"delete{noun}DeadLetter", $"Delete a dead letter of the {noun} service", Answers.Ok<MessageAnswer>(404));
        return app;
    }

    /// <summary>Returns the name of the service, such as "incidents" for the database of Kener.Incidents.</summary>
    private static string NameOf<TDb>() => typeof(TDb).Assembly.GetName().Name!.Split('.')[1].ToLowerInvariant();
}

using Kener.Persistence.Delivery;
using Kener.Persistence.Providers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Kener.Persistence.Replay;

/// <summary>Registers replay requests for a module that depends on events of other modules.</summary>
public static class ReplayExtensions
{
    /// <summary>
    /// Requests a replay if the module may have missed events: it begins to consume an event type, its database was restored from a backup, or a
    /// queue of its consumers is new. Call after <see cref="ModuleDbExtensions.AddModuleDb"/>.
    /// </summary>
    public static IHostApplicationBuilder AddReplay<TDb>(this IHostApplicationBuilder builder, string module) where TDb : ModuleDb
    {
        builder.Services.TryAddSingleton(builder.Modules());
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<ReplayRequester<TDb>>(services, module));
        return builder;
    }
}

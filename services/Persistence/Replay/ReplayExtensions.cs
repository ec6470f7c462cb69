using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Kener.Persistence;

/// <summary>Registration of a module that others' events make whole.</summary>
public static class ReplayExtensions
{
    /// <summary>
    /// Asks for a replay where the module may have missed events: <paramref name="hasAny"/> says that its database knows nothing of others,
    /// or a queue of its consumers is new. After <see cref="ModuleDbExtensions.AddModuleDb"/>.
    /// </summary>
    public static IHostApplicationBuilder AddReplay<TDb>(
        this IHostApplicationBuilder builder, string module, Func<TDb, CancellationToken, Task<bool>> hasAny) where TDb : ModuleDb
    {
        builder.Services.TryAddSingleton(builder.Noted());
        builder.Services.AddSingleton(new Knowledge<TDb>(module, hasAny));
        builder.Services.AddHostedService<AskForReplay<TDb>>();
        return builder;
    }

    /// <summary>Returns when all of the process has started; throws when it ends before.</summary>
    internal static async Task StartedAsync(this IHostApplicationLifetime lifetime, CancellationToken cancel)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var yes = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(cancel);
    }
}

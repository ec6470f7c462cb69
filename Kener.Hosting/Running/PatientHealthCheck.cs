using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.Hosting.Running;

/// <summary>
/// Adds health checks that retry by themselves for a while. Aspire repeats a failed check after one second, then after two, three, and so on, so that
/// a chain of resources that wait for each other would be idle for most of a start.
/// </summary>
internal static class PatientHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1), Pause = TimeSpan.FromMilliseconds(300);

    /// <summary>Makes the resource healthy once <paramref name="tryAsync"/> does not throw.</summary>
    public static IResourceBuilder<T> WithPatientHealthCheck<T>(this IResourceBuilder<T> builder, Func<CancellationToken, Task> tryAsync) where T : IResource
    {
        var check = $"{builder.Resource.Name}_check";
        builder.ApplicationBuilder.Services.AddHealthChecks().AddAsyncCheck(check, cancel => CheckAsync(tryAsync, cancel));
        return builder.WithHealthCheck(check);
    }

    /// <summary>Retries until <paramref name="tryAsync"/> does not throw; after a minute throws its last exception.</summary>
    public static async Task UntilDoneAsync(Func<CancellationToken, Task> tryAsync, CancellationToken cancel)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await tryAsync(cancel);
                return;
            }
            catch (Exception) when (!cancel.IsCancellationRequested && TimeProvider.System.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(Pause, cancel);
            }
        }
    }

    private static async Task<HealthCheckResult> CheckAsync(Func<CancellationToken, Task> tryAsync, CancellationToken cancel)
    {
        try
        {
            await UntilDoneAsync(tryAsync, cancel);
            return HealthCheckResult.Healthy();
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy(fault.Message);
        }
    }
}

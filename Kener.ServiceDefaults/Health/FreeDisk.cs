using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.ServiceDefaults.Health;

/// <summary>Watches the free space of the disk that this process writes to.</summary>
public sealed class FreeDisk(Func<long> freeBytes) : IHealthCheck
{
    /// <summary>The least free space that is healthy: 10,000 monitors store about this much in a day, so an operator has a day to act.</summary>
    public const long Least = 1L << 30;

    /// <summary>Returns the free bytes on the disk of that folder or, if it does not exist yet, of its nearest existing parent.</summary>
    public static long Of(string folder)
    {
        var path = Path.GetFullPath(folder);
        while (!Directory.Exists(path) && Path.GetDirectoryName(path) is { } parent) path = parent;
        return new DriveInfo(path).AvailableFreeSpace;
    }

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var free = freeBytes();
        return Task.FromResult(Watch.Result("kener.disk.free", "By", free, free < Least ? $"Free disk space: {free >> 20} MiB" : null));
    }
}

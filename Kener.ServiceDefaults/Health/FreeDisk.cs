using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kener.ServiceDefaults;

/// <summary>Watches the free space of the disk that this process writes to.</summary>
public sealed class FreeDisk(Func<long> freeBytes) : IHealthCheck
{
    /// <summary>A day of results of 10,000 monitors takes about this much, so an operator has a day to act.</summary>
    public const long Least = 1L << 30;

    /// <summary>Returns the bytes that are free on the disk of that folder, or of the folder that it will be created in.</summary>
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

using System.Runtime;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace Kener.ServiceDefaults;

/// <summary>
/// Gives memory back to the system when work has ended: neither the collector nor the C library does so by itself while nothing is asked of
/// them, and a small installation shares its machine.
/// </summary>
internal sealed class MemoryGivenBack(TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10), Quiet = TimeSpan.FromSeconds(0.5), Work = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, clock);
        // The start is work, too, and leaves the most.
        var (last, unreturned) = (TimeSpan.Zero, TimeSpan.Zero);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = Environment.CpuUsage.TotalTime;
            var used = now - last;
            unreturned += used;
            if (used < Quiet && unreturned > Work)
            {
                GiveBack();
                unreturned = TimeSpan.Zero;
            }
            last = Environment.CpuUsage.TotalTime;
        }
    }

    private static void GiveBack()
    {
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = TrimNative(0);
        }
        catch (TypeLoadException)
        {
            // A C library of another name, or without it; there the collector's share must do.
        }
    }

    [DllImport("libc", EntryPoint = "malloc_trim")]
    private static extern int TrimNative(nint keep);
}

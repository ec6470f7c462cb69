using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Kener.LocalHosting;

/// <summary>
/// Which processes we have started, in a file of the data folder: where we are killed and the system does not end them for us, the next
/// start does.
/// </summary>
internal sealed class Leftovers(string file)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20), Look = TimeSpan.FromMilliseconds(50);
    private readonly Lock _gate = new();

    public void Note(Process process, Signal stopBy)
    {
        try
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"{process.Id} {(int)stopBy} {Started(process)}\n");
            lock (_gate) File.AppendAllText(file, line);
        }
        catch (Exception fault) when (IsGone(fault))
        {
            // It has ended already.
        }
    }

    /// <summary>Ends what an earlier run has left, and forgets it.</summary>
    public async Task EndAsync(TimeProvider clock, CancellationToken cancel)
    {
        if (!File.Exists(file)) return;
        var left = (await File.ReadAllLinesAsync(file, cancel)).Select(Read).OfType<(Process Process, Signal StopBy)>().ToList();
        foreach (var (process, stopBy) in left) Native.Send(stopBy, process.Id);
        foreach (var (process, _) in left)
        {
            var since = clock.GetTimestamp();
            while (!process.HasExited)
            {
                if (clock.GetElapsedTime(since) > Patience) process.Kill();
                await Task.Delay(Look, clock, cancel);
            }
            process.Dispose();
        }
        Forget();
    }

    /// <summary>Nothing is left.</summary>
    public void Forget() => File.Delete(file);

    /// <summary>The process of that line, if it still runs: the same number and the same moment of its start.</summary>
    private static (Process, Signal)? Read(string line)
    {
        if (line.Split(' ') is not [var id, var stopBy, var started]) return null;
        try
        {
            var process = Process.GetProcessById(int.Parse(id, CultureInfo.InvariantCulture));
            var apart = Started(process) - long.Parse(started, CultureInfo.InvariantCulture);
            if (Math.Abs(apart) <= 2) return (process, (Signal)int.Parse(stopBy, CultureInfo.InvariantCulture));
            process.Dispose();
            return null;
        }
        catch (Exception fault) when (IsGone(fault) || fault is FormatException)
        {
            return null;
        }
    }

    private static long Started(Process process) => new DateTimeOffset(process.StartTime).ToUnixTimeSeconds();

    private static bool IsGone(Exception fault) => fault is ArgumentException or InvalidOperationException or Win32Exception;
}

using Kener.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Kener.Persistence.Providers;

/// <summary>The folder of the embedded databases, which one process at a time uses.</summary>
public sealed class DataFolder(IOptions<KenerSettings> settings) : IDisposable
{
    private readonly Lock _gate = new();
    private FileStream? _claim;

    /// <summary>
    /// Creates the folder and locks it until this process ends, however it ends. Stops the start with a clear message if another process uses the
    /// folder, or if it cannot be written.
    /// </summary>
    public void Claim()
    {
        lock (_gate)
        {
            if (_claim is not null) return;
            var folder = Path.GetFullPath(settings.Value.DataPath);
            try
            {
                OwnerOnly.CreateFolder(folder);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                throw Unusable(folder, fault);
            }
            try
            {
                _claim = OwnerOnly.Claim(Path.Combine(folder, "kener.lock"));
                CloseDatabases(folder);
            }
            catch (UnauthorizedAccessException fault)
            {
                throw Unusable(folder, fault);
            }
            catch (IOException fault)
            {
                throw new StartRefusedException(
                    $"Kener__DataPath: the folder '{folder}' is in use by another Kener process. Stop that process, or set Kener__DataPath to another folder. ({fault.Message})");
            }
        }
    }

    /// <summary>
    /// Restricts the databases to their owner. They hold secrets of heartbeats and monitors, and an earlier release created them with the mode that the
    /// umask gave.
    /// </summary>
    private static void CloseDatabases(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.db*")) OwnerOnly.Close(file);
    }

    private static StartRefusedException Unusable(string folder, Exception fault) =>
        new($"Kener__DataPath: the folder '{folder}' cannot be written: {fault.Message}");

    /// <inheritdoc/>
    public void Dispose() => _claim?.Dispose();
}

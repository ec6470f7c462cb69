using Kener.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Kener.Persistence;

/// <summary>The folder of the embedded databases, which belongs to one process at a time.</summary>
public sealed class DataFolder(IOptions<KenerSettings> settings) : IDisposable
{
    private readonly Lock _gate = new();
    private FileStream? _claim;

    /// <summary>
    /// Makes the folder and claims it until this process ends, however it ends. Stops the start with a clear message where another process
    /// has it, or where it can not be written.
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
                    $"Kener__DataPath: the folder '{folder}' is in use by another Kener. Stop that one, or give this one another folder. ({fault.Message})");
            }
        }
    }

    /// <summary>Databases hold secrets of heartbeats and of monitors. An earlier release created them with the mode that the process' umask gave.</summary>
    private static void CloseDatabases(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.db*")) OwnerOnly.Close(file);
    }

    private static StartRefusedException Unusable(string folder, Exception fault) =>
        new($"Kener__DataPath: the folder '{folder}' can not be written: {fault.Message}");

    /// <inheritdoc/>
    public void Dispose() => _claim?.Dispose();
}

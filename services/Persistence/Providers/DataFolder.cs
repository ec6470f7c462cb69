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
                if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
                else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                throw Unusable(folder, fault);
            }
            try
            {
                _claim = new FileStream(Path.Combine(folder, "kener.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (UnauthorizedAccessException fault)
            {
                throw Unusable(folder, fault);
            }
            catch (IOException fault)
            {
                throw new InvalidOperationException(
                    $"Kener__DataPath: the folder '{folder}' is in use by another Kener. Stop that one, or give this one another folder. ({fault.Message})", fault);
            }
        }
    }

    private static InvalidOperationException Unusable(string folder, Exception fault) =>
        new($"Kener__DataPath: the folder '{folder}' can not be written: {fault.Message}", fault);

    /// <inheritdoc/>
    public void Dispose() => _claim?.Dispose();
}

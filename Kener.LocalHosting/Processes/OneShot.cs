using System.Diagnostics;
using Aspire.Hosting;

namespace Kener.LocalHosting;

/// <summary>A command that does its work and ends.</summary>
internal static class OneShot
{
    /// <summary>Runs it; its last words are the reason where it fails.</summary>
    public static async Task RunAsync(Command command, CancellationToken cancel)
    {
        using var process = new Process { StartInfo = command.ToStart() };
        process.Start();
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
        await Task.WhenAll(output, errors);
        await process.WaitForExitAsync(cancel);
        if (process.ExitCode == 0) return;
        throw new DistributedApplicationException($"{Path.GetFileName(command.Program)} failed with code {process.ExitCode}:\n{await output}{await errors}".TrimEnd());
    }
}

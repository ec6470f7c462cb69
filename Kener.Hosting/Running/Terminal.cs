using Microsoft.Extensions.Hosting;

namespace Kener.Hosting.Running;

/// <summary>Writes to the operator's console: each line begins with the name of the resource that wrote it.</summary>
internal sealed class Terminal(IHostApplicationLifetime lifetime)
{
    private readonly Lock _gate = new();

    /// <summary>Writes a line of a resource.</summary>
    public void Say(string resource, string line)
    {
        lock (_gate) Console.Out.WriteLine($"{resource,-12} | {line}");
    }

    /// <summary>Writes text of the app host.</summary>
    public void Say(string text)
    {
        lock (_gate) Console.Out.WriteLine(text);
    }

    /// <summary>Stops the app host with exit code 1 and writes the reason to standard error.</summary>
    public void Stop(string reason)
    {
        lock (_gate) Console.Error.WriteLine($"Kener cannot start: {reason}");
        Environment.ExitCode = 1;
        lifetime.StopApplication();
    }
}

using System.Diagnostics;

namespace Kener.TestKit;

/// <summary>The gateway as native code, published by <c>tests/publish gateway</c>. Disposing it ends the process.</summary>
public sealed class NativeGateway : IDisposable
{
    private const string Says = "Now listening on: ";
    private readonly Process _process;

    private NativeGateway(Process process, Uri url, TimeSpan start) => (_process, Url, Start) = (process, url, start);

    public Uri Url { get; }

    /// <summary>The time from its start until it listened.</summary>
    public TimeSpan Start { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts the gateway on a free port, with this environment and no other, and returns when it listens.</summary>
    public static async Task<NativeGateway> StartAsync(string program, IEnumerable<(string Name, string Value)> environment, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        start.Environment.Clear();
        foreach (var (name, value) in environment) start.Environment[name] = value;
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["LOGGING__LOGLEVEL__MICROSOFT.HOSTING.LIFETIME"] = "Information";
        var clock = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        var said = "";
        while (!said.Contains(Says, StringComparison.Ordinal)) said = await process.StandardOutput.ReadLineAsync(cancel) ?? throw new InvalidOperationException("The native gateway ended before it listened");
        var gateway = new NativeGateway(process, new Uri(said[(said.IndexOf(Says, StringComparison.Ordinal) + Says.Length)..]), clock.Elapsed);
        // Read the rest of its output, or it would block when the pipe is full.
        _ = process.StandardOutput.ReadToEndAsync(cancel);
        return gateway;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}

using System.Diagnostics;

namespace Kener.TestKit;

/// <summary>The gateway as native code, as <c>tests/publish gateway</c> makes it. It ends when this is disposed of.</summary>
public sealed class NativeGateway : IDisposable
{
    private const string Says = "Now listening on: ";
    private readonly Process _process;

    private NativeGateway(Process process, Uri url, TimeSpan start) => (_process, Url, Start) = (process, url, start);

    public Uri Url { get; }

    /// <summary>How long it took until it listened.</summary>
    public TimeSpan Start { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts it with that environment and no other, on a free port, and returns when it listens.</summary>
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
        while (!said.Contains(Says, StringComparison.Ordinal)) said = await process.StandardOutput.ReadLineAsync(cancel) ?? throw new InvalidOperationException("The native gateway ended");
        var gateway = new NativeGateway(process, new Uri(said[(said.IndexOf(Says, StringComparison.Ordinal) + Says.Length)..]), clock.Elapsed);
        // Else it would wait for its words to be read.
        _ = process.StandardOutput.ReadToEndAsync(cancel);
        return gateway;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}

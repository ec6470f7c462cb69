using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using Kener.TestKit;

namespace Kener.EndToEnd.Tests;

/// <summary>Kener as an operator runs it, in any hosting: on a free port, with its own data folder.</summary>
public sealed class KenerProcess : IAsyncDisposable
{
    public const string Key = "end-to-end-key-0123456789abcdef0123456789";
    private readonly StringBuilder _output = new();
    private readonly Dictionary<string, string?> _settings;
    private readonly string _assembly;
    private readonly string[] _arguments;
    private Process? _process;
    private int _launchedAt;

    private KenerProcess(Hosting hosting, Dictionary<string, string?> settings, string dataPath, string[] arguments)
    {
        (Hosting, _settings, DataPath, _arguments) = (hosting, settings, dataPath, arguments);
        _assembly = typeof(KenerProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == hosting.ToString()).Value!;
        Url = $"http://127.0.0.1:{LocalPort.Free()}";
        Api = Client(Key);
        Visitor = Client(null);
    }

    public Hosting Hosting { get; }

    public string Url { get; }

    public string DataPath { get; }

    /// <summary>A client with the bootstrap key.</summary>
    public HttpClient Api { get; }

    /// <summary>A client without a key that accepts compression, as a browser does.</summary>
    public HttpClient Visitor { get; }

    /// <summary>Everything that the process wrote to its console.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    /// <summary>Everything that it wrote since it was last started.</summary>
    public string OutputSinceLaunch => Output[_launchedAt..];

    public int ProcessId => _process!.Id;

    /// <summary>The file to which a start without a terminal writes the first key.</summary>
    public string FirstKeyFile => Path.Combine(DataPath, "first-api-key");

    public string FirstKey() => File.ReadAllText(FirstKeyFile).Trim();

    public static async Task<KenerProcess> StartAsync(
        Dictionary<string, string?>? settings = null, Hosting hosting = Hosting.Embedded, params string[] arguments)
    {
        var kener = Prepare(settings ?? new() { ["Kener__BootstrapApiKey"] = Key }, hosting, arguments);
        try
        {
            await kener.StartAgainAsync();
        }
        catch
        {
            // The caller gets no instance that it could dispose of.
            await kener.DisposeAsync();
            throw;
        }
        return kener;
    }

    public static KenerProcess Prepare(Dictionary<string, string?> settings, Hosting hosting = Hosting.Embedded, params string[] arguments) =>
        new(hosting, settings, Path.Combine(Path.GetTempPath(), "kener-e2e-" + Guid.NewGuid().ToString("N")), arguments);

    public HttpClient Client(string? key)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All })
        {
            BaseAddress = new Uri(Url),
            Timeout = TimeSpan.FromMinutes(2),
        };
        if (key is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>Starts the process and waits until it serves a page; distributed, also until all processes are up.</summary>
    public async Task StartAgainAsync()
    {
        Launch();
        var watch = Stopwatch.StartNew();
        var patience = TimeSpan.FromSeconds(Hosting == Hosting.Distributed ? 300 : 120);
        while (true)
        {
            if (_process!.HasExited) throw new InvalidOperationException($"Kener exited with code {_process.ExitCode}:\n{Output}");
            try
            {
                using var page = await Visitor.GetAsync("/");
                // Distributed, the gateway may have a page before all other processes are up.
                if (page.StatusCode == HttpStatusCode.OK && (Hosting != Hosting.Distributed || OutputSinceLaunch.Contains("Everything is up", StringComparison.Ordinal))) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            if (watch.Elapsed > patience) throw new TimeoutException($"No page after {patience.TotalSeconds} s:\n{Output}");
            await Task.Delay(50);
        }
    }

    public void Launch()
    {
        if (!File.Exists(_assembly)) throw new InvalidOperationException($"{_assembly} is missing: run ./test");
        lock (_output) _launchedAt = _output.Length;
        var start = new ProcessStartInfo("dotnet", [_assembly, .. _arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["Kener__Url"] = Url, ["Kener__DataPath"] = DataPath, ["ASPNETCORE_ENVIRONMENT"] = "Production", ["Kener__Dashboard"] = "false",
                // The tests send more requests than the default limits allow.
                ["Kener__Limits__RequestsPerSecond"] = "100000", ["Kener__Limits__Burst"] = "100000",
                ["Kener__Limits__AnonymousRequestsPerSecond"] = "100000", ["Kener__Limits__AnonymousBurst"] = "100000",
            },
        };
        foreach (var (name, value) in _settings) start.Environment[name] = value;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += Note;
        _process.ErrorDataReceived += Note;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Returns whether the gateway reports that all is healthy and each of these programs runs, by a part of its command.</summary>
    public async Task<bool> IsWellAsync(params string[] programs)
    {
        try
        {
            // Tests call this until it is true; without a pause, reading all processes takes a good part of the processor from those that start.
            await Task.Delay(100);
            using var health = await Visitor.GetAsync("/health");
            // The gateway may not have noticed yet that a process was killed.
            return health.IsSuccessStatusCode && programs.All(program => Tree.All(ProcessId, program).Count > 0);
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <summary>Ends the process with kill -9.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Sends SIGTERM, or another signal that ends the process; returns the exit code.</summary>
    public async Task<int> TerminateAsync(string signal = "TERM")
    {
        await Tree.SignalAsync(ProcessId, signal);
        return await ExitCodeAsync();
    }

    public async Task<int> ExitCodeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(Hosting == Hosting.Distributed ? 180 : 120));
        await _process!.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } && Hosting != Hosting.Distributed) await KillAsync();
        if (_process is { HasExited: false }) await TerminateAsync();
        _process?.Dispose();
        Api.Dispose();
        Visitor.Dispose();
        if (Directory.Exists(DataPath)) Directory.Delete(DataPath, recursive: true);
    }

    private void Note(object sender, DataReceivedEventArgs line)
    {
        lock (_output) _output.AppendLine(line.Data);
    }
}

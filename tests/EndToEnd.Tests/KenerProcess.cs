using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Reflection;
using System.Text;

namespace Kener.EndToEnd.Tests;

/// <summary>The embedded hosting as an operator runs it: a process of its own, on a free port, with a folder of its own.</summary>
public sealed class KenerProcess : IAsyncDisposable
{
    public const string Key = "end-to-end-key-0123456789abcdef0123456789";
    private static readonly string Assembly = typeof(KenerProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "StandaloneAssembly").Value!;

    private readonly StringBuilder _output = new();
    private readonly Dictionary<string, string?> _settings;
    private Process? _process;

    private KenerProcess(Dictionary<string, string?> settings, string dataPath)
    {
        (_settings, DataPath) = (settings, dataPath);
        Url = $"http://127.0.0.1:{FreePort()}";
        Api = Client(Key);
        Visitor = Client(null);
    }

    public string Url { get; }

    public string DataPath { get; }

    /// <summary>Bearer of the bootstrap key.</summary>
    public HttpClient Api { get; }

    /// <summary>Nobody in particular, with compression as a browser has it.</summary>
    public HttpClient Visitor { get; }

    /// <summary>All that the process wrote to its console.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public int ProcessId => _process!.Id;

    public static async Task<KenerProcess> StartAsync(Dictionary<string, string?>? settings = null)
    {
        var kener = Prepare(settings ?? new() { ["Kener__BootstrapApiKey"] = Key });
        await kener.StartAgainAsync();
        return kener;
    }

    public static KenerProcess Prepare(Dictionary<string, string?> settings) =>
        new(settings, Path.Combine(Path.GetTempPath(), "kener-e2e-" + Guid.NewGuid().ToString("N")));

    public HttpClient Client(string? key)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All })
        {
            BaseAddress = new Uri(Url),
            Timeout = TimeSpan.FromSeconds(30),
        };
        if (key is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>Starts the process and waits until a page can be had.</summary>
    public async Task StartAgainAsync()
    {
        Launch();
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (_process!.HasExited) throw new InvalidOperationException($"Kener ended with {_process.ExitCode}:\n{Output}");
            try
            {
                using var page = await Visitor.GetAsync("/");
                if (page.StatusCode == HttpStatusCode.OK) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            if (watch.Elapsed > TimeSpan.FromSeconds(120)) throw new TimeoutException($"No page after 120 s:\n{Output}");
            await Task.Delay(20);
        }
    }

    public void Launch()
    {
        if (!File.Exists(Assembly)) throw new InvalidOperationException($"{Assembly} is missing: build Kener.sln first, or run ./test");
        var start = new ProcessStartInfo("dotnet", [Assembly])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["Kener__Url"] = Url, ["Kener__DataPath"] = DataPath, ["ASPNETCORE_ENVIRONMENT"] = "Production",
                // The walks are faster than any client should be.
                ["Kener__Limits__RequestsPerSecond"] = "100000", ["Kener__Limits__Burst"] = "100000",
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

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM; the exit code.</summary>
    public async Task<int> TerminateAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", _process!.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        return await ExitCodeAsync();
    }

    public async Task<int> ExitCodeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _process!.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false }) await KillAsync();
        _process?.Dispose();
        Api.Dispose();
        Visitor.Dispose();
        if (Directory.Exists(DataPath)) Directory.Delete(DataPath, recursive: true);
    }

    private void Note(object sender, DataReceivedEventArgs line)
    {
        lock (_output) _output.AppendLine(line.Data);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

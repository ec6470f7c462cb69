using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json.Nodes;
using Kener.TestKit;

namespace Kener.Bench.Site;

/// <summary>
/// Kener as operators run it, with its own data folder: "Embedded"; "Published", which is embedded after <c>dotnet publish</c>; "Distributed"; or
/// "Native", which is distributed and called through a second gateway that is native code.
/// </summary>
internal sealed class RunningKener : IAsyncDisposable
{
    private const string Key = "a-key-of-the-benchmark-0123456789abcdef";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kener-bench-");
    private readonly Process _process;
    private readonly TaskCompletionSource _isUp = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private NativeGateway? _native;

    private RunningKener(string hosting)
    {
        var assembly = AssemblyOf(hosting);
        var url = $"http://127.0.0.1:{LocalPort.Free()}";
        _process = Process.Start(new ProcessStartInfo("dotnet", [assembly])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["Kener__Url"] = url, ["Kener__DataPath"] = _folder.FullName, ["Kener__BootstrapApiKey"] = Key, ["Kener__Dashboard"] = "false",
                ["Kener__Limits__RequestsPerSecond"] = "100000", ["Kener__Limits__Burst"] = "100000",
                ["Kener__Limits__AnonymousRequestsPerSecond"] = "100000", ["Kener__Limits__AnonymousBurst"] = "100000", ["Kener__Limits__LiveReadersPerAddress"] = "100000",
            },
        })!;
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("Everything is up", StringComparison.Ordinal) is true) _isUp.TrySetResult();
        };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        if (hosting != "Distributed") _isUp.SetResult();
        Api = ClientOf(new Uri(url));
    }

    public HttpClient Api { get; private set; }

    /// <summary>Starts it and returns when it serves a page.</summary>
    public static async Task<RunningKener> StartAsync(string hosting)
    {
        var isNative = hosting == "Native";
        if (isNative) await Published.GatewayAsync();
        var kener = new RunningKener(isNative ? "Distributed" : hosting);
        await Task.WhenAny(kener._isUp.Task, kener._process.WaitForExitAsync());
        while (!await kener.HasPageAsync()) await Task.Delay(5);
        if (!isNative) return kener;
        kener._native = await kener.StartGatewayAsync();
        kener.Api.Dispose();
        kener.Api = ClientOf(kener._native.Url);
        while (!await kener.HasPageAsync()) await Task.Delay(5);
        return kener;
    }

    /// <summary>Starts a second, native gateway of the distributed installation; it must be published already.</summary>
    public Task<NativeGateway> StartGatewayAsync() =>
        NativeGateway.StartAsync(Published.Gateway, Tree.EnvironmentOf(Tree.Find(_process.Id, "Kener.Gateway.dll")), default);

    /// <summary>Starts a service that does nothing, on the servers of the distributed installation.</summary>
    public async Task<(Process Process, Uri Url)> StartBareServiceAsync()
    {
        var service = Child.Start(Tree.EnvironmentOf(Tree.Find(_process.Id, "Kener.Status.dll")), BareService.Name);
        return (service, new Uri(await service.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The bare service did not start")));
    }

    /// <summary>Returns the path of the assembly that is run, below the build output or the published output.</summary>
    public static string AssemblyOf(string hosting) =>
        typeof(RunningKener).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == hosting).Value!;

    public async Task<JsonNode> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await Api.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException($"{method} {path} answered {(int)answer.StatusCode}: {text}");
    }

    /// <summary>Creates this many monitors, each with a few minutes of results on this many days.</summary>
    public async Task FillAsync(int monitors, int days)
    {
        var minute = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 60 * 60;
        await Parallel.ForEachAsync(Enumerable.Range(0, monitors), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) =>
        {
            await SendAsync(HttpMethod.Post, "/api/v4/monitors", new { tag = $"service-{i}", name = $"Service {i}", monitor_type = "NONE" });
            for (var day = 0; day < days; day++)
            {
                var end = minute - (day * 86_400L);
                await SendAsync(HttpMethod.Patch, $"/api/v4/monitors/service-{i}/data", new { start_ts = end - 300, end_ts = end, status = "UP", latency = 40 });
            }
        });
    }

    public Task<long> OpenIncidentAsync(string title) => StartIncidentAsync(title, TimeSpan.FromMinutes(10));

    /// <summary>Creates an incident that is over: it lasted ten minutes.</summary>
    public async Task AddPastIncidentAsync(string title, TimeSpan ago)
    {
        var id = await StartIncidentAsync(title, ago);
        var end = (TimeProvider.System.GetUtcNow() - ago).ToUnixTimeSeconds() + 600;
        await SendAsync(HttpMethod.Post, $"/api/v4/incidents/{id}/comments", new { state = "RESOLVED", comment = "It is over.", timestamp = end });
    }

    private async Task<long> StartIncidentAsync(string title, TimeSpan ago)
    {
        var incident = await SendAsync(HttpMethod.Post, "/api/v4/incidents",
            new
            {
                title,
                start_date_time = (TimeProvider.System.GetUtcNow() - ago).ToUnixTimeSeconds(),
                monitors = new[] { new { monitor_tag = "service-0", impact = "DEGRADED" } },
            });
        return incident["incident"]!["id"]!.GetValue<long>();
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        _native?.Dispose();
        if (!_process.HasExited)
        {
            await Tree.SignalAsync(_process.Id, "TERM");
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static HttpClient ClientOf(Uri url) => new() { BaseAddress = url, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Key) } };

    private async Task<bool> HasPageAsync()
    {
        if (_process.HasExited) throw new InvalidOperationException($"Kener exited with code {_process.ExitCode}");
        try
        {
            using var page = await Api.GetAsync("/");
            return page.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}

using System.Collections.Concurrent;
using Kener.Agent.Results;
using Kener.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kener.Agent.Tests;

/// <summary>An agent as it runs in a process of its own.</summary>
internal sealed class AgentHost : IAsyncDisposable, ILoggerProvider
{
    private readonly ConcurrentQueue<string> _log = [];
    private WebApplication? _app;

    public HttpClient Http { get; private set; } = null!;

    public string Log => string.Join('\n', _log);

    public static async Task<AgentHost> StartAsync(
        string gateway, string folder, string key = FakeGateway.Key, Action<IServiceCollection>? add = null, params (string Name, string Value)[] settings)
    {
        var host = new AgentHost();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRouting();
        builder.Logging.AddProvider(host);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kener:Agent:Url"] = gateway,
            ["Kener:AgentKey"] = key,
            ["Kener:DataPath"] = folder,
        });
        foreach (var (name, value) in settings) builder.Configuration[name] = value;
        add?.Invoke(builder.Services);
        builder.AddServiceDefaults();
        builder.AddAgent();
        host._app = builder.Build();
        host._app.UseServiceDefaults();
        host._app.MapServiceDefaults();
        await host._app.StartAsync();
        host.Http = new HttpClient { BaseAddress = new Uri(host._app.Urls.First()) };
        return host;
    }

    /// <summary>Queues results as if checks had returned them.</summary>
    public void Find(IEnumerable<CheckResult> results)
    {
        foreach (var result in results) _app!.Services.GetRequiredService<ResultQueue>().Add(result);
    }

    /// <summary>Bytes of results that are not reported yet.</summary>
    public long Waiting => _app!.Services.GetRequiredService<ResultBuffer>().Size;

    public async Task StopAsync()
    {
        if (_app is null) return;
        await _app.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Http.Dispose();
    }

    public ILogger CreateLogger(string categoryName) => new Notes(_log);

    public void Dispose()
    {
    }

    private sealed class Notes(ConcurrentQueue<string> log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");
    }
}

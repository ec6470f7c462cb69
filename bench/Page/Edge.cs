using System.Diagnostics;
using System.Globalization;
using Kener.TestKit;

namespace Kener.Bench.Page;

/// <summary>
/// One page in the memory of two gateways: the managed one in the process of <see cref="PageServer"/>, and the native one, which receives it
/// through a Redis of their own.
/// </summary>
internal sealed class Edge : IAsyncDisposable
{
    private readonly PrivateServer _redis;
    private readonly Process _server;
    private readonly NativeGateway _native;
    private int _version = 1;

    private Edge(PrivateServer redis, Process server, Uri url, NativeGateway native) =>
        (_redis, _server, _native, Gateways) = (redis, server, native, [new("managed", server.Id, url), new("native", native.ProcessId, native.Url)]);

    /// <summary>Both gateways; the first also serves the responses that are its bound.</summary>
    public IReadOnlyList<Gateway> Gateways { get; }

    public static async Task<Edge> StartAsync()
    {
        await Published.GatewayAsync();
        var redis = await PrivateServer.RedisAsync();
        var server = Child.Start(PageServer.Name, redis.Address);
        var url = new Uri(await server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The page server did not start"));
        var native = await NativeGateway.StartAsync(Published.Gateway, PageServer.Settings(redis.Address).Select(set => (set.Key.Replace(":", "__", StringComparison.Ordinal), set.Value)), default);
        using var client = new HttpClient();
        while (!(await client.GetAsync(new Uri(native.Url, "ready"))).IsSuccessStatusCode) await Task.Delay(10);
        return new Edge(redis, server, url, native);
    }

    /// <summary>Publishes a new version of the page to both gateways; returns its number.</summary>
    public async Task<int> PublishAsync()
    {
        _version++;
        await _server.StandardInput.WriteLineAsync(_version.ToString(CultureInfo.InvariantCulture));
        return _version;
    }

    public async ValueTask DisposeAsync()
    {
        _native.Dispose();
        _server.Kill();
        _server.Dispose();
        await _redis.DisposeAsync();
    }

    /// <summary>A gateway that serves the page.</summary>
    internal sealed record Gateway(string Name, int ProcessId, Uri Url);
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kener.Bench.Page;

/// <summary>
/// How much memory 5,000 open pages cost the managed and the native gateway, and how long it takes until the last of them is notified of a new
/// version of the page. The bound is the time in which Kestrel sends its shortest response as often, over open connections.
/// </summary>
internal static class LiveBenchmark
{
    private const double GoalMebibytes = 400;

    public static async Task<int> RunAsync(string[] args)
    {
        var readers = args is [var given, ..] ? int.Parse(given, CultureInfo.InvariantCulture) : 5_000;
        await using var edge = await Edge.StartAsync();
        var areMet = true;
        foreach (var gateway in edge.Gateways) areMet &= await MeasureAsync(edge, gateway, readers);
        return areMet ? 0 : 1;
    }

    private static async Task<bool> MeasureAsync(Edge edge, Edge.Gateway gateway, int readers)
    {
        var before = Resident.Mebibytes(gateway.ProcessId);
        var open = new List<Socket>(readers);
        // A few at a time, because the listener's backlog is limited.
        foreach (var part in Enumerable.Range(0, readers).Chunk(100)) open.AddRange(await Task.WhenAll(part.Select(_ => OpenAsync(gateway.Url))));
        var after = Resident.Mebibytes(gateway.ProcessId);

        var told = new Figures();
        for (var round = 0; round < 10; round++)
        {
            var clock = Stopwatch.StartNew();
            var version = await edge.PublishAsync();
            await Task.WhenAll(open.ConvertAll(socket => ToldAsync(socket, $"data: {version}\n", clock, told)));
        }
        var most = Resident.Mebibytes(gateway.ProcessId);
        foreach (var socket in open) socket.Dispose();
        var bound = await Load.OfAsync(new Uri(edge.Gateways[0].Url, PageServer.Plaintext).ToString(), 64, 3);

        var isMet = most <= GoalMebibytes;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{gateway.Name}: {before} MiB alone, {after} MiB with {readers:N0} readers, {most} MiB after ten versions; {(most - before) * 1024d / readers:0.0} KiB per reader"));
        Console.WriteLine($"  from version to reader {told}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"live ({gateway.Name}): the last of {readers:N0} is notified after {told.At(1):0} ms, as many plain responses take {readers / bound.PerSecond * 1000:0} ms; ratio {told.At(1) / (readers / bound.PerSecond * 1000):0.00} (goal: {GoalMebibytes} MiB): {(isMet ? "met" : "NOT met")}"));
        return isMet;
    }

    /// <summary>Opens a live stream and waits for the present version.</summary>
    private static async Task<Socket> OpenAsync(Uri url)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Parse(url.Host), url.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /live?page=/ HTTP/1.1\r\nHost: {url.Authority}\r\nAccept: text/event-stream\r\n\r\n"));
        await ToldAsync(socket, "data: ", Stopwatch.StartNew(), new Figures());
        return socket;
    }

    private static async Task ToldAsync(Socket socket, string word, Stopwatch clock, Figures told)
    {
        var (buffer, text) = (new byte[1024], new StringBuilder());
        while (!text.ToString().Contains(word, StringComparison.Ordinal))
        {
            var read = await socket.ReceiveAsync(buffer);
            if (read == 0) throw new IOException($"The server closed the connection after: {text}");
            text.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }
        told.Add(clock.Elapsed.TotalMilliseconds);
    }
}

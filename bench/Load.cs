using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kener.Bench;

/// <summary>What a server achieved under load: responses per second, and the latency of each in milliseconds.</summary>
internal readonly record struct Throughput(double PerSecond, double P50, double P99);

/// <summary>
/// Requests one address again and again, on connections that stay open; each sends its next request when it has the response. Runs in a process
/// of its own, so that its garbage and its threads are not the server's.
/// </summary>
internal static class Load
{
    public const string Name = "load";

    /// <summary>Starts the process and returns what it measured.</summary>
    public static async Task<Throughput> OfAsync(string url, int connections, double seconds)
    {
        using var process = Child.Start(Name, url, connections.ToString(CultureInfo.InvariantCulture), seconds.ToString(CultureInfo.InvariantCulture));
        var said = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return said.Split(' ', StringSplitOptions.TrimEntries) is [var perSecond, var p50, var p99]
            ? new Throughput(Number(perSecond), Number(p50), Number(p99)) : throw new InvalidOperationException($"The load process printed: {said}");
        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    public static async Task<int> RunAsync(string[] args)
    {
        var (url, connections, seconds) = (new Uri(args[0]), int.Parse(args[1], CultureInfo.InvariantCulture), double.Parse(args[2], CultureInfo.InvariantCulture));
        var request = Encoding.ASCII.GetBytes($"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nAccept-Encoding: br\r\nUser-Agent: Kener-Bench\r\n\r\n");
        var clock = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => AskAsync(url, request, clock, seconds))));
        var all = times.SelectMany(own => own).Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{all.Length / seconds:0.0} {all[all.Length / 2]:0.000} {all[(int)(all.Length * 0.99)]:0.000}"));
        return 0;
    }

    private static async Task<List<double>> AskAsync(Uri url, byte[] request, Stopwatch clock, double seconds)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Parse(url.Host), url.Port);
        var buffer = new byte[256 * 1024];
        var times = new List<double>(1 << 14);
        // The first half second warms up both sides and is not counted.
        for (var from = clock.Elapsed.TotalSeconds + 0.5; ;)
        {
            var start = clock.Elapsed;
            if (start.TotalSeconds > from + seconds) return times;
            await socket.SendAsync(request);
            await ReadAsync(socket, buffer);
            if (start.TotalSeconds >= from) times.Add((clock.Elapsed - start).TotalMilliseconds);
        }
    }

    private static async Task ReadAsync(Socket socket, byte[] buffer)
    {
        for (var (read, whole) = (0, int.MaxValue); read < whole;)
        {
            var more = await socket.ReceiveAsync(buffer.AsMemory(read));
            if (more == 0) throw new IOException("The server closed the connection");
            read += more;
            if (whole == int.MaxValue) whole = WholeOf(buffer.AsSpan(0, read));
        }
    }

    /// <summary>Returns the length of the whole response, once its head is complete; else the maximum.</summary>
    private static int WholeOf(ReadOnlySpan<byte> read)
    {
        var end = read.IndexOf("\r\n\r\n"u8);
        if (end < 0) return int.MaxValue;
        if (!read.StartsWith("HTTP/1.1 200"u8)) throw new IOException(Encoding.ASCII.GetString(read[..end]));
        var length = read[..end].IndexOf("Content-Length: "u8);
        if (length < 0) throw new IOException("The response has no Content-Length");
        return System.Buffers.Text.Utf8Parser.TryParse(read[(length + 16)..], out int body, out _) ? end + 4 + body : throw new IOException("The Content-Length is not a number");
    }
}

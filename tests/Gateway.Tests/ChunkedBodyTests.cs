using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Kener.Gateway.Tests;

/// <summary>Chunked bodies that break HTTP's rules: the fault is the client's, and nothing of it is in the log.</summary>
public sealed class ChunkedBodyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ffffffffffffffffff\r\n")]
    [InlineData("80000000\r\nabc")]
    [InlineData("x\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("3\r\nabcd\r\n0\r\n\r\n")]
    [InlineData("0\r\nX: \0\r\n\r\n")]
    [InlineData("0\r\n: x\r\n\r\n")]
    public async Task A_chunked_body_that_cannot_be_read_is_refused_as_the_client_s_fault(string body)
    {
        await using var host = await Embedded.StartAsync();
        Assert.Equal(400, await SendAsync(host, body));
        Assert.Equal(303, await SendAsync(host, "a\r\ntheme=dark\r\n0\r\n\r\n"));
    }

    /// <summary>No HTTP client would send such bodies.</summary>
    private static async Task<int> SendAsync(Embedded host, string body)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(host.Url.Host, host.Url.Port, Cancel);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(
            "POST /preferences HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n" + body), Cancel);
        var first = await new StreamReader(stream, Encoding.Latin1).ReadLineAsync(Cancel);
        return int.Parse(first!.Split(' ')[1], CultureInfo.InvariantCulture);
    }
}

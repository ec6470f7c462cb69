using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Kener.Gateway.Tests;

/// <summary>Chunked bodies that violate HTTP are answered as the client's fault, and nothing about them is logged.</summary>
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
    public async Task A_chunked_body_that_cannot_be_read_is_400(string body)
    {
        await using var host = await Embedded.StartAsync();
        Assert.Equal(400, await SendAsync(host, body));
        Assert.Equal(303, await SendAsync(host, "a\r\ntheme=dark\r\n0\r\n\r\n"));
    }

    /// <summary>Sends the body over a socket, because no HTTP client would send it.</summary>
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

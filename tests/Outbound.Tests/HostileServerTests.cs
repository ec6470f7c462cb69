using System.IO.Compression;
using System.Text;
using Kener.Outbound.Requests;
using Kener.TestKit;

namespace Kener.Outbound.Tests;

/// <summary>Servers that never end an answer, or send too much: every request to them ends with an answer or a fault.</summary>
[CollectionDefinition(nameof(HostileServerTests), DisableParallelization = true)]
[Collection(nameof(HostileServerTests))]
public sealed class HostileServerTests
{
    private static readonly byte[] Noise = new byte[64 * 1024];

    [Fact]
    public async Task A_body_of_ten_gigabytes_is_read_up_to_the_limit()
    {
        await using var server = RawServer.Start(async (_, stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n"u8.ToArray(), cancel);
            while (true) await stream.WriteAsync(Noise, cancel);
        });
        await IsHarmlessAsync(server, answer => Assert.Equal((200, false), (answer.Status, answer.IsWhole)));
    }

    [Fact]
    public async Task Chunks_without_an_end_are_read_up_to_the_limit()
    {
        await using var server = RawServer.Start(async (_, stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), cancel);
            while (true)
            {
                await stream.WriteAsync("10000\r\n"u8.ToArray(), cancel);
                await stream.WriteAsync(Noise, cancel);
                await stream.WriteAsync("\r\n"u8.ToArray(), cancel);
            }
        });
        await IsHarmlessAsync(server, answer => Assert.False(answer.IsWhole));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_bomb_of_ten_gigabytes_is_unpacked_up_to_the_limit(string coding)
    {
        var bomb = Bomb(coding);
        await using var server = RawServer.Start(async (_, stream, cancel) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: 10737418\r\n\r\n"), cancel);
            while (true) await stream.WriteAsync(bomb, cancel);
        });
        await IsHarmlessAsync(server, answer => Assert.False(answer.IsWhole));
    }

    [Fact]
    public async Task Headers_without_an_end_are_a_fault()
    {
        await using var server = RawServer.Start(async (_, stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), cancel);
            for (var i = 0; ; i++) await stream.WriteAsync(Encoding.ASCII.GetBytes($"X-{i}: {new string('a', 500)}\r\n"), cancel);
        });
        var fault = await IsFaultAsync(server);
        Assert.Equal((OutboundFaultKind.Answer, "The answer's headers are too large"), (fault.Kind, fault.Message));
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Slow: ")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")]
    public async Task A_server_that_sends_single_bytes_is_cut_off_in_time(string start)
    {
        await using var server = RawServer.Start(async (_, stream, cancel) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(start), cancel);
            while (true)
            {
                if (start.Length > 0) await stream.WriteAsync("a"u8.ToArray(), cancel);
                await Task.Delay(20, cancel);
            }
        });
        var fault = await IsFaultAsync(server, seconds: 0.5);
        Assert.Equal((OutboundFaultKind.Timeout, "Request timed out"), (fault.Kind, fault.Message));
    }

    [Fact]
    public async Task Interim_answers_without_an_end_are_cut_off_in_time()
    {
        await using var server = RawServer.Start(async (_, stream, cancel) =>
        {
            while (true) await stream.WriteAsync("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"u8.ToArray(), cancel);
        });
        await IsFaultAsync(server, seconds: 0.5);
    }

    [Fact]
    public async Task Trailers_without_an_end_are_a_fault()
    {
        await using var server = RawServer.Start(async (_, stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"u8.ToArray(), cancel);
            for (var i = 0; ; i++) await stream.WriteAsync(Encoding.ASCII.GetBytes($"X-{i}: {new string('a', 500)}\r\n"), cancel);
        });
        await IsFaultAsync(server);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.6 top-secret\r\n")]
    [InlineData("HTTP/1.1 20x top-secret\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\ntop secret: a\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\ntop-secret")]
    [InlineData("")]
    public async Task An_invalid_answer_is_a_fault_that_does_not_repeat_it(string said)
    {
        await using var server = RawServer.Saying(said);
        var fault = await IsFaultAsync(server);
        Assert.NotEqual(OutboundFaultKind.Timeout, fault.Kind);
        Assert.DoesNotContain("secret", fault.Message);
    }

    [Fact]
    public async Task A_body_that_ends_too_early_is_a_fault()
    {
        await using var server = RawServer.Saying("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
        Assert.Equal(OutboundFaultKind.Unreachable, (await IsFaultAsync(server)).Kind);
    }

    [Fact]
    public async Task Tls_that_never_ends_is_cut_off_in_time()
    {
        await using var server = RawServer.Start((_, _, cancel) => Task.Delay(Timeout.Infinite, cancel));
        var url = new UriBuilder(server.Url) { Scheme = "https" }.Uri;
        using var door = Doors.Open();
        var fault = await door.FaultAsync(new OutboundRequest(url) { Timeout = TimeSpan.FromSeconds(0.5) });
        Assert.Equal(OutboundFaultKind.Timeout, fault.Kind);
    }

    private static async Task IsHarmlessAsync(RawServer server, Action<OutboundAnswer> judge)
    {
        using var door = Doors.Open();
        judge(await door.GetAsync(server.Url));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => door.GetAsync(server.Url)));
        foreach (var answer in answers) judge(answer);
        Assert.All(answers, answer => Assert.True(answer.Body.IsEmpty));
    }

    /// <summary>Returns the fault of a request, within the request's time limit: a server that could block it would block the test.</summary>
    private static async Task<OutboundFault> IsFaultAsync(RawServer server, double seconds = 120)
    {
        using var door = Doors.Open();
        return await door.FaultAsync(new OutboundRequest(server.Url) { Timeout = TimeSpan.FromSeconds(seconds) });
    }

    /// <summary>Returns data that decompresses to a thousand times its size, to be sent again and again.</summary>
    private static byte[] Bomb(string coding)
    {
        using var packed = new MemoryStream();
        using (Stream packing = coding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Fastest),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest),
            _ => new ZLibStream(packed, CompressionLevel.Fastest),
        })
        {
            for (var i = 0; i < 160; i++) packing.Write(Noise);
        }
        return packed.ToArray();
    }
}

using System.IO.Compression;
using System.Text;
using CsCheck;
using Kener.Outbound.Addresses;
using Kener.Outbound.Requests;
using Kener.TestKit;

namespace Kener.Outbound.Tests;

/// <summary>An answer that is broken in any way is a fault with a reason; one that can be read is not.</summary>
public sealed class BrokenAnswerTests
{
    public static TheoryData<string, string> Broken
    {
        get
        {
            var cases = new TheoryData<string, string>
            {
                { "a shorter body than Content-Length", Answer("Content-Length: 100", "abc") },
                { "a Content-Length that is no number", Answer("Content-Length: some", "abc") },
                { "a Content-Length below 0", Answer("Content-Length: -3", "abc") },
                { "a Content-Length beyond all numbers", Answer("Content-Length: 99999999999999999999", "abc") },
                { "two different Content-Lengths", Answer("Content-Length: 3\r\nContent-Length: 2", "abc") },
                { "a chunk size that is no number", Answer("Transfer-Encoding: chunked", "zz\r\nabc\r\n0\r\n\r\n") },
                { "a chunk size beyond all numbers", Answer("Transfer-Encoding: chunked", "fffffffffffffffffffff\r\nabc\r\n0\r\n\r\n") },
                { "a chunk below 0", Answer("Transfer-Encoding: chunked", "-1\r\nabc\r\n0\r\n\r\n") },
                { "a chunk longer than its size", Answer("Transfer-Encoding: chunked", "2\r\nabcdef\r\n0\r\n\r\n") },
                { "chunks without an end", Answer("Transfer-Encoding: chunked", "3\r\nabc\r\n") },
                { "half a chunk", Answer("Transfer-Encoding: chunked", "10\r\nabc") },
                { "no chunk", Answer("Transfer-Encoding: chunked", "") },
                { "a header without a colon", "HTTP/1.1 200 OK\r\ngarbage\r\n\r\n" },
                { "a header whose name is none", "HTTP/1.1 200 OK\r\na b: c\r\n\r\n" },
                { "headers without an end", "HTTP/1.1 200 OK\r\nA: b\r\n" },
                { "a status of two digits", "HTTP/1.1 20 OK\r\n\r\n" },
                { "another protocol", "ICY 200 OK\r\n\r\n" },
                { "nothing", "" },
            };
            foreach (var coding in (string[])["gzip", "x-gzip", "deflate", "br"])
            {
                cases.Add($"{coding} that is none", Packed(coding, new string('\u00ff', 50)));
                cases.Add($"{coding} of letters", Packed(coding, "plain text"));
                cases.Add($"{coding} cut off", Packed(coding, Latin(Pack(coding, 10_000)[..^9])));
                cases.Add($"{coding} cut off at its start", Packed(coding, Latin(Pack(coding, 10_000)[..1])));
                cases.Add($"{coding} broken within", Packed(coding, Latin(BrokenWithin(Pack(coding, 10_000)))));
                cases.Add($"{coding} within {coding} that is none", Packed($"{coding}, {coding}", Latin(Pack(coding, 10_000))));
            }
            cases.Add("too many codings", Packed(string.Join(", ", Enumerable.Repeat("gzip", 100)), "a"));
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task An_answer_that_cannot_be_read_is_a_fault_with_a_reason(string what, string said)
    {
        await using var server = RawServer.Saying(said);
        using var door = Doors.Open();
        var fault = await door.FaultAsync(new OutboundRequest(server.Url) { Timeout = TimeSpan.FromMinutes(1) });
        Assert.True(fault.Kind is OutboundFaultKind.Answer or OutboundFaultKind.Unreachable, what);
        Assert.NotEmpty(fault.Message);
        Assert.DoesNotContain("Exception", fault.Message);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("x-gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("zstd")]
    [InlineData("identity")]
    [InlineData("")]
    public async Task An_answer_that_can_be_read_is_not_a_fault(string coding)
    {
        await using var server = RawServer.Saying(Packed(coding, Latin(Pack(coding, 10_000))));
        await using var twice = RawServer.Saying(Packed($"{coding}, gzip", Latin(Pack("gzip", Pack(coding, 10_000)))));
        await using var empty = RawServer.Saying(Packed(coding, ""));
        await using var head = RawServer.Saying($"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: 1234\r\n\r\n");
        await using var none = RawServer.Saying($"HTTP/1.1 204 No Content\r\nContent-Encoding: {coding}\r\n\r\n");
        using var door = Doors.Open();
        foreach (var url in new[] { server.Url, twice.Url, empty.Url }) Assert.True((await door.GetAsync(url, seconds: 60)).IsWhole);
        Assert.Equal(204, (await door.GetAsync(none.Url, seconds: 60)).Status);
        Assert.Equal(200, (await SendAsync(door, new OutboundRequest(head.Url) { Method = "HEAD" })).Status);
    }

    [Fact]
    public async Task Any_bytes_give_an_answer_or_a_fault()
    {
        string[] pieces =
        [
            "HTTP/1.1 200 OK\r\n", "HTTP/1.0 ", "HTTP/2 200\r\n", "HTTP/1.1 302 Found\r\n", "200", " ", "\r\n", "\n", "\r\n\r\n", ":", "\0", "\u00ff", "\u0080", "a", "0", "ffffffff",
            "Content-Length: ", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n", "Content-Encoding: br\r\n", "Content-Encoding: gzip\r\n",
            "Location: http://[::1/\r\n", "Location: http://xn--/\r\n", "Location: //\u00ff/\r\n", "Location: http://a:99999/\r\n", "Location: \0\r\n", "Content-Type: \u00ff;;=\r\n",
            "Location: http://" + new string('a', 300) + "/\r\n", "Set-Cookie: a\r\n", "5\r\nhello\r\n0\r\n\r\n", "hello",
        ];
        var said = "";
        await using var server = RawServer.Start((_, stream, cancel) => stream.WriteAsync(Encoding.Latin1.GetBytes(said), cancel).AsTask());
        using var door = Doors.Open(lookup: Doors.Answering(["127.0.0.1"]), deny: "0.0.0.0/2,64.0.0.0/3,96.0.0.0/4,112.0.0.0/5,120.0.0.0/6,124.0.0.0/7,126.0.0.0/8,128.0.0.0/1,::/0");
        await Gen.Int[0, pieces.Length - 1].Select(i => pieces[i]).Array[0, 12].SampleAsync(async answer =>
        {
            said = (answer.Length % 3 == 0 ? "" : "HTTP/1.1 200 OK\r\n") + string.Concat(answer);
            try
            {
                await SendAsync(door, new OutboundRequest(server.Url) { Timeout = TimeSpan.FromMinutes(1) });
            }
            catch (OutboundFault)
            {
                // The other permitted outcome.
            }
        }, iter: Scale.Of(500), threads: 1);
    }

    private static string Answer(string headers, string body) => $"HTTP/1.1 200 OK\r\n{headers}\r\n\r\n{body}";

    private static string Packed(string coding, string body) => Answer($"Content-Encoding: {coding}\r\nContent-Length: {body.Length}", body);

    private static string Latin(byte[] bytes) => Encoding.Latin1.GetString(bytes);

    private static byte[] Pack(string coding, int length)
    {
        var noise = new byte[length];
        new Random(1).NextBytes(noise);
        return Pack(coding, noise);
    }

    private static byte[] Pack(string coding, byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (Stream packing = coding switch
        {
            "gzip" or "x-gzip" => new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
            _ => new BufferedStream(packed),
        })
        {
            packing.Write(bytes);
            packing.Flush();
            return coding is "gzip" or "x-gzip" or "deflate" or "br" ? Ended(packing, packed) : packed.ToArray();
        }
    }

    private static byte[] Ended(Stream packing, MemoryStream packed)
    {
        packing.Dispose();
        return packed.ToArray();
    }

    private static byte[] BrokenWithin(byte[] packed)
    {
        for (var i = packed.Length / 2; i < packed.Length; i++) packed[i] = (byte)~packed[i];
        return packed;
    }

    private static Task<OutboundAnswer> SendAsync(OutboundDoor door, OutboundRequest request) =>
        door.SendAsync(request, OutboundPolicy.Monitor, TestContext.Current.CancellationToken);
}

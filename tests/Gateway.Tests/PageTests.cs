using System.IO.Compression;
using System.Text;
using CsCheck;
using Kener.Gateway.Pages;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Snapshots;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Kener.Gateway.Tests;

public sealed class PageTests
{
    private const string Html = "<!DOCTYPE html><main><!--age--><h1>All Systems Operational</h1></main>";

    internal static Snapshot Page(string html, string key = "page:/", long version = 1, bool compressed = true)
    {
        var body = Encoding.UTF8.GetBytes(html);
        return new Snapshot
        {
            Key = key,
            Version = version,
            ContentType = "text/html; charset=utf-8",
            ETag = $"\"{version}\"",
            Body = body,
            Brotli = compressed ? Packed(body, stream => new BrotliStream(stream, CompressionLevel.Fastest)) : null,
            ContentSecurityPolicy = "default-src 'none'; style-src 'sha256-x'; frame-ancestors 'none'",
        };
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("br", "br")]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip;q=1.0, br;q=0.5", "gzip")]
    [InlineData("GZIP", "gzip")]
    [InlineData("br;q=0, gzip;q=0", null)]
    [InlineData("br;q=0, *", "gzip")]
    [InlineData("*", "br")]
    [InlineData("identity, br;q=0.2", null)]
    [InlineData("identity;q=0.1, gzip;q=0.2", "gzip")]
    [InlineData("br;q=nonsense", null)]
    [InlineData("deflate", null)]
    [InlineData(";;,,;q=1", null)]
    public async Task The_coding_is_the_one_that_the_client_prefers(string? accept, string? coding)
    {
        await using var host = await Embedded.StartAsync();
        host.Board.Publish(Page(Html));
        using var client = host.Client();
        var answer = accept is null ? await client.AskAsync("GET", "/") : await client.AskAsync("GET", "/", ("Accept-Encoding", accept));
        Assert.Equal(coding, answer["Content-Encoding"]);
        Assert.Equal(Html, Unpacked(answer));
        Assert.Equal("Accept-Encoding, Accept-Language, Cookie", answer["Vary"]);
        Assert.Equal("public, max-age=5, stale-while-revalidate=30", answer["Cache-Control"]);
        Assert.Equal("default-src 'none'; style-src 'sha256-x'; frame-ancestors 'none'", answer["Content-Security-Policy"]);
        Assert.Equal("text/html; charset=utf-8", answer["Content-Type"]);
    }

    [Fact]
    public void The_choice_of_a_coding_works_with_any_header()
    {
        var page = Page(Html);
        Gen.String[Gen.Char["brgzip*;q=01., identy"], 0, 40].Array[0, 3].Sample(lines => SnapshotResponse.Choose(page, lines).Body.Length > 0);
    }

    [Theory, InlineData("br"), InlineData("gzip"), InlineData("identity")]
    public async Task A_page_that_the_client_has_is_304_and_HEAD_has_no_body(string coding)
    {
        await using var host = await Embedded.StartAsync();
        host.Board.Publish(Page(Html));
        using var client = host.Client();
        var first = await client.AskAsync("GET", "/", ("Accept-Encoding", coding));
        foreach (var known in new[] { first["ETag"]!, $"W/{first["ETag"]}", $"\"other\", {first["ETag"]}", "*" })
        {
            var again = await client.AskAsync("GET", "/", ("Accept-Encoding", coding), ("If-None-Match", known));
            Assert.Equal((304, 0, first["ETag"]), (again.Code, again.Bytes.Length, again["ETag"]));
        }
        Assert.Equal(200, (await client.AskAsync("GET", "/", ("Accept-Encoding", coding), ("If-None-Match", "\"other\""))).Code);
        var head = await client.AskAsync("HEAD", "/", ("Accept-Encoding", coding));
        Assert.Equal((200, 0, first["ETag"], first["Content-Length"]), (head.Code, head.Bytes.Length, head["ETag"], head["Content-Length"]));

        host.Board.Publish(Page(Html + "new", version: 2));
        Assert.Equal(200, (await client.AskAsync("GET", "/", ("Accept-Encoding", coding), ("If-None-Match", first["ETag"]!))).Code);
    }

    [Fact]
    public async Task Different_bytes_have_different_validators()
    {
        await using var host = await Embedded.StartAsync();
        host.Board.Publish(Page(Html));
        using var client = host.Client();
        List<string?> tags = [];
        foreach (var coding in new[] { "br", "gzip", "identity" }) tags.Add((await client.AskAsync("GET", "/", ("Accept-Encoding", coding)))["ETag"]);
        Assert.Distinct(tags);
    }

    [Fact]
    public async Task An_incident_page_comes_from_memory_or_else_from_its_owner()
    {
        await using var host = await Embedded.StartAsync(app => app.MapGet("/incidents/{id}", (string id, HttpContext context) =>
        {
            context.Response.StatusCode = id == "7" ? 200 : 404;
            return Task.CompletedTask;
        }).AllowAnyone());
        host.Board.Publish(Page("<h1>Incident</h1>", "page:/incidents/5"));
        using var client = host.Client();
        Assert.Equal("<h1>Incident</h1>", (await client.AskAsync("GET", "/incidents/5")).Text);
        Assert.Equal("<h1>Incident</h1>", (await client.AskAsync("GET", "/Incidents/5/?x=y")).Text);
        Assert.Equal(200, (await client.AskAsync("GET", "/incidents/7")).Code);
        foreach (var path in new[] { "/incidents/6", "/incidents/abc", "/incidents/99999999999999999999", "/incidents/5/5", "/incidents", "/incidents/-5" })
            Assert.Equal(404, (await client.AskAsync("GET", path)).Code);
        var wrong = await client.AskAsync("POST", "/incidents/5");
        Assert.Equal((405, "GET, HEAD"), (wrong.Code, wrong["Allow"]));
        host.Board.Remove("page:/incidents/5");
        Assert.Equal(404, (await client.AskAsync("GET", "/incidents/5")).Code);
    }

    [Fact]
    public async Task A_page_that_is_no_longer_confirmed_says_how_old_it_is()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2027, 1, 2, 3, 4, 5, TimeSpan.Zero));
        await using var host = await Embedded.StartAsync(clock: clock);
        host.Board.Publish(Page(Html));
        host.Board.Confirm();
        using var client = host.Client();
        clock.Advance(TimeSpan.FromSeconds(10));
        var fresh = await client.AskAsync("GET", "/");
        Assert.Equal((Html, null), (fresh.Text, fresh["Age"]));

        clock.Advance(TimeSpan.FromSeconds(5));
        var notice = "<p class=\"age\" role=\"status\">This page was last updated at <time datetime=\"2027-01-02T03:04Z\">2 January 2027, 03:04 UTC</time>.";
        foreach (var coding in new[] { "br", "gzip", "identity" })
        {
            var old = await client.AskAsync("GET", "/", ("Accept-Encoding", coding));
            Assert.Equal("15", old["Age"]);
            Assert.Equal(304, (await client.AskAsync("GET", "/", ("Accept-Encoding", coding), ("If-None-Match", old["ETag"]!))).Code);
            Assert.Contains(notice, Unpacked(old));
            Assert.StartsWith("<!DOCTYPE html><main><p", Unpacked(old));
            Assert.NotEqual(fresh["ETag"], old["ETag"]);
        }
        clock.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal("115", (await client.AskAsync("GET", "/"))["Age"]);

        host.Board.Confirm();
        var again = await client.AskAsync("GET", "/");
        Assert.Equal((Html, null, fresh["ETag"]), (again.Text, again["Age"], again["ETag"]));
    }

    [Fact]
    public void A_page_without_a_place_for_the_notice_is_not_changed()
    {
        var page = Page("<p>no marker</p>");
        Assert.Same(page, StaleNotice.Make(page, 1));
        Assert.Null(StaleNotice.Make(Page(Html, compressed: false), 1).Brotli);
    }

    [Fact]
    public async Task The_gateway_is_ready_once_it_has_the_home_page()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var host = await Embedded.StartAsync(clock: clock);
        using var client = host.Client();
        Assert.Equal((503, 200), ((await client.AskAsync("GET", "/ready")).Code, (await client.AskAsync("GET", "/alive")).Code));
        Assert.Equal("""{"status":"degraded","db":false,"redis":true}""", (await client.AskAsync("GET", "/healthcheck")).Text);
        Assert.Equal(503, (await client.AskAsync("GET", "/healthcheck?strict=1")).Code);
        host.Board.Publish(Page(Html));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((200, 200), ((await client.AskAsync("GET", "/ready")).Code, (await client.AskAsync("GET", "/health")).Code));
        var well = await client.AskAsync("GET", "/healthcheck?strict=1");
        Assert.Equal((200, """{"status":"ok","db":true,"redis":true}""", "application/json; charset=utf-8"), (well.Code, well.Text, well["Content-Type"]));
    }

    private static string Unpacked(Answer answer)
    {
        using var bytes = new MemoryStream(answer.Bytes);
        using Stream plain = answer["Content-Encoding"] switch
        {
            "br" => new BrotliStream(bytes, CompressionMode.Decompress),
            "gzip" => new GZipStream(bytes, CompressionMode.Decompress),
            _ => bytes,
        };
        using var reader = new StreamReader(plain);
        return reader.ReadToEnd();
    }

    private static byte[] Packed(byte[] body, Func<Stream, Stream> coding)
    {
        using var buffer = new MemoryStream();
        using (var stream = coding(buffer)) stream.Write(body);
        return buffer.ToArray();
    }
}

using System.IO.Compression;
using System.Text;
using Microsoft.Playwright;

namespace Kener.Gateway.Tests.OpenApi;

/// <summary>Tests that the documents and the reference page are public and load nothing from other hosts.</summary>
public sealed class ReferenceTests
{
    private const string Chromium = "/usr/bin/chromium", Script = "/api/reference/scalar.js";
    private const float HangMs = 120_000;

    [Theory, InlineData("/api/openapi/v4.json", "application/json; charset=utf-8"), InlineData("/api/openapi/v5.json", "application/json; charset=utf-8"), InlineData("/api/reference", "text/html; charset=utf-8")]
    public async Task It_is_public_and_may_be_cached(string path, string contentType)
    {
        await using var host = await Embedded.StartAsync(keys: false);
        using var client = host.Client();
        var answer = await client.AskAsync("GET", path);
        Assert.Equal((200, contentType), (answer.Code, answer["Content-Type"]));
        Assert.StartsWith("public, ", answer["Cache-Control"], StringComparison.Ordinal);
        Assert.Equal(304, (await client.AskAsync("GET", path, ("If-None-Match", answer["ETag"]!))).Code);
        Assert.Empty((await client.AskAsync("HEAD", path)).Bytes);
        var packed = await client.AskAsync("GET", path, ("Accept-Encoding", "br"));
        using var plain = new BrotliStream(new MemoryStream(packed.Bytes), CompressionMode.Decompress);
        using var reader = new StreamReader(plain, Encoding.UTF8);
        Assert.Equal(answer.Text, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Equal("no-store", (await client.AskAsync("POST", path))["Cache-Control"]);
    }

    [Fact]
    public async Task The_script_is_sent_with_or_without_compression()
    {
        await using var host = await Embedded.StartAsync(keys: false);
        using var client = host.Client();
        var packed = await client.AskAsync("GET", Script, ("Accept-Encoding", "br;q=0, gzip"));
        var plain = await client.AskAsync("GET", Script, ("Accept-Encoding", "gzip;q=0"));
        Assert.Equal(("gzip", (string?)null, "text/javascript; charset=utf-8"), (packed["Content-Encoding"], plain["Content-Encoding"], packed["Content-Type"]));
        using var unpacked = new MemoryStream();
        await using (var gzip = new GZipStream(new MemoryStream(packed.Bytes), CompressionMode.Decompress)) await gzip.CopyToAsync(unpacked, TestContext.Current.CancellationToken);
        Assert.True(unpacked.ToArray().AsSpan().SequenceEqual(plain.Bytes));
        Assert.Empty((await client.AskAsync("HEAD", Script)).Bytes);
    }

    [Fact]
    public async Task The_reference_shows_both_documents_and_sends_no_request_to_another_host()
    {
        Assert.True(File.Exists(Chromium), $"{Chromium} is missing: apt-get install -y chromium (./test does so)");
        await using var host = await Embedded.StartAsync(keys: false);
        Assertions.SetDefaultExpectTimeout(HangMs);
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            Timeout = HangMs,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"],
        });
        var page = await browser.NewPageAsync();
        var (requests, complaints) = (new List<string>(), new List<string>());
        page.Request += (_, request) => requests.Add(request.Url);
        page.PageError += (_, error) => complaints.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") complaints.Add(message.Text);
        };
        await page.GotoAsync(host.Url + "api/reference", new() { Timeout = HangMs });
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Kener API v4" })).ToBeVisibleAsync();
        await page.GotoAsync(host.Url + "api/reference?api=v5", new() { Timeout = HangMs });
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Kener API v5" })).ToBeVisibleAsync();
        Assert.Equal([], complaints);
        Assert.Contains(host.Url + "api/openapi/v5.json", requests);
        Assert.All(requests, address => Assert.True(address.StartsWith(host.Url.ToString(), StringComparison.Ordinal) || address.StartsWith("data:", StringComparison.Ordinal), address));
    }
}

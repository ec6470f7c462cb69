using System.Text.Json;
using Kener.Agent.Checks;
using Kener.Contracts;
using Kener.Outbound.Requests;
using Kener.TestKit;

namespace Kener.Agent.Tests;

/// <summary>API monitors against real servers (Behavior: CHK-4).</summary>
public sealed class HttpCheckTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Theory]
    [InlineData(200, MonitorStatus.Up)]
    [InlineData(204, MonitorStatus.Up)]
    [InlineData(299, MonitorStatus.Up)]
    [InlineData(304, MonitorStatus.Up)]
    [InlineData(399, MonitorStatus.Up)]
    [InlineData(429, MonitorStatus.Up)]
    [InlineData(400, MonitorStatus.Down)]
    [InlineData(404, MonitorStatus.Down)]
    [InlineData(428, MonitorStatus.Down)]
    [InlineData(500, MonitorStatus.Down)]
    [InlineData(503, MonitorStatus.Down)]
    public async Task An_answer_of_2xx_3xx_or_429_is_up_and_any_other_is_down(int status, MonitorStatus expected)
    {
        await using var server = RawServer.Saying($"HTTP/1.1 {status} Some\r\nContent-Length: 0\r\n\r\n");
        var verdict = await CheckAsync(new { url = server.Url });
        Assert.Equal((expected, "REALTIME"), (verdict.Status, verdict.Type));
        Assert.Equal(expected == MonitorStatus.Up ? null : $"The answer is {status}", verdict.Message);
        Assert.True(verdict.Latency >= 0 && double.IsInteger(verdict.Latency));
    }

    [Fact]
    public async Task Method_headers_and_body_are_sent_as_configured()
    {
        await using var server = RawServer.Saying(Ok);
        var up = await CheckAsync(new
        {
            url = $"{server.Url}path?a=b",
            method = "patch",
            headers = new object[] { new { key = "X-Mine", value = "yes" }, new { key = "User-Agent", value = "me" }, new { key = "", value = "" } },
            body = "{\"a\":1}",
        });
        Assert.Equal(MonitorStatus.Up, up.Status);
        await CheckAsync(new { url = server.Url, headers = "[{\"key\":\"X-Text\",\"value\":\"old form\"}]" });
        await CheckAsync(new { url = server.Url });
        Assert.StartsWith("PATCH /path?a=b HTTP/1.1\r\n", server.Requests[0]);
        Assert.Contains("X-Mine: yes\r\n", server.Requests[0]);
        Assert.Contains("User-Agent: me\r\n", server.Requests[0]);
        Assert.EndsWith("\r\n\r\n{\"a\":1}", server.Requests[0]);
        Assert.Contains("X-Text: old form\r\n", server.Requests[1]);
        Assert.Contains("User-Agent: Kener/", server.Requests[2]);
        Assert.Contains("Accept: */*\r\n", server.Requests[2]);
    }

    [Fact]
    public async Task No_answer_in_time_is_down_of_type_timeout()
    {
        await using var server = RawServer.Start((_, _, cancel) => Task.Delay(Timeout.Infinite, cancel));
        var verdict = await CheckAsync(new { url = server.Url, timeout = 200 });
        Assert.Equal((MonitorStatus.Down, "TIMEOUT", "Request timed out"), (verdict.Status, verdict.Type, verdict.Message));
        Assert.True(verdict.Latency >= 150);
    }

    [Theory]
    [InlineData("Content-Encoding: br\r\nContent-Length: 50")]
    [InlineData("Content-Encoding: gzip\r\nContent-Length: 50")]
    [InlineData("Content-Encoding: deflate\r\nContent-Length: 50")]
    [InlineData("Content-Length: 51")]
    [InlineData("Content-Length: some")]
    [InlineData("Transfer-Encoding: chunked")]
    [InlineData("a b: c")]
    public async Task An_answer_that_cannot_be_read_is_down_of_type_error_with_a_reason(string header)
    {
        await using var server = RawServer.Saying($"HTTP/1.1 200 OK\r\n{header}\r\n\r\n{new string('\u00ff', 50)}");
        var verdict = await CheckAsync(new { url = server.Url });
        Assert.Equal((MonitorStatus.Down, "ERROR"), (verdict.Status, verdict.Type));
        Assert.NotEmpty(verdict.Message!);
    }

    [Fact]
    public async Task Latency_is_the_time_that_the_whole_answer_took()
    {
        await using var server = RawServer.Start(async (_, stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no"u8.ToArray(), cancel);
            await Task.Delay(150, cancel);
            await stream.WriteAsync("k"u8.ToArray(), cancel);
        });
        Assert.True((await CheckAsync(new { url = server.Url })).Latency >= 140);
    }

    [Fact]
    public async Task Redirects_are_followed_up_to_the_limit_or_not_at_all()
    {
        await using var away = RawServer.Saying("HTTP/1.1 503 Away\r\nContent-Length: 0\r\n\r\n");
        await using var server = RawServer.Redirecting(away.Url.ToString());
        Assert.Equal((MonitorStatus.Down, "The answer is 503"), Brief(await CheckAsync(new { url = server.Url })));
        Assert.Equal((MonitorStatus.Up, null), Brief(await CheckAsync(new { url = server.Url, follow_redirects = false })));
        Assert.Equal((MonitorStatus.Up, null), Brief(await CheckAsync(new { url = server.Url, max_redirects = 0 })));
        await using var circle = RawServer.Redirecting("/again");
        Assert.Equal((MonitorStatus.Down, "More than 2 redirects"), Brief(await CheckAsync(new { url = circle.Url, max_redirects = 2 })));
        Assert.Equal(3, circle.Requests.Count);
    }

    [Fact]
    public async Task An_untrusted_certificate_is_down_unless_it_is_allowed()
    {
        using var certificate = RawServer.SelfSigned("localhost");
        await using var server = RawServer.Saying(Ok, certificate);
        var url = $"https://localhost:{server.Port}/";
        var verdict = await CheckAsync(new { url });
        Assert.Equal((MonitorStatus.Down, "ERROR"), (verdict.Status, verdict.Type));
        Assert.Contains("The certificate is not trusted", verdict.Message);
        Assert.Equal(MonitorStatus.Up, (await CheckAsync(new { url, allowSelfSignedCert = true })).Status);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/", "Connection refused")]
    [InlineData("http://no-such-name.invalid/", "The name no-such-name.invalid cannot be resolved")]
    [InlineData("http://169.254.169.254/", "Connections to 169.254.169.254 are not allowed")]
    public async Task No_answer_is_down_of_type_error_with_the_reason(string url, string message)
    {
        var verdict = await CheckAsync(new { url });
        Assert.Equal((MonitorStatus.Down, "ERROR", message), (verdict.Status, verdict.Type, verdict.Message));
    }

    [Theory]
    [InlineData("{}", "url: is missing")]
    [InlineData("null", "url: is missing")]
    [InlineData("[]", "url: is missing")]
    [InlineData("""{"url":5}""", "url: give a text")]
    [InlineData("""{"url":"ftp://a/"}""", "url: give an absolute http or https address")]
    [InlineData("""{"url":"http://"}""", "url: give an absolute http or https address")]
    [InlineData("""{"url":"http://a/","method":"TRACE"}""", "method: give one of GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS")]
    [InlineData("""{"url":"http://a/","timeout":0}""", "timeout: give a whole number from 1 to 55000")]
    [InlineData("""{"url":"http://a/","timeout":"soon"}""", "timeout: give a whole number from 1 to 55000")]
    [InlineData("""{"url":"http://a/","max_redirects":1e9}""", "max_redirects: give a whole number from 0 to 20")]
    [InlineData("""{"url":"http://a/","follow_redirects":"perhaps"}""", "follow_redirects: give true or false")]
    [InlineData("""{"url":"http://a/","headers":{}}""", "headers: give a list")]
    [InlineData("""{"url":"http://a/","headers":"{"}""", "headers: give a list")]
    [InlineData("""{"url":"http://a/","headers":[1]}""", "headers[0]: give an object with key, value")]
    [InlineData("""{"url":"http://a/","headers":[{"key":"Content-Length","value":"1"}]}""", "headers[0]: the header Content-Length can not be set: it belongs to the connection")]
    public async Task An_invalid_field_is_named_in_the_message(string data, string message)
    {
        var verdict = await Given.Types().Prepare(Given.Monitor(1) with { TypeData = JsonElement.Parse(data) })(TestContext.Current.CancellationToken);
        Assert.Equal((MonitorStatus.Down, "ERROR", message), (verdict.Status, verdict.Type, verdict.Message));
    }

    [Fact]
    public async Task Listed_environment_variables_are_filled_into_url_headers_and_body()
    {
        await using var server = RawServer.Saying(Ok);
        var types = Given.Types(("PLACE", "there"), ("TOKEN", "s3cret"), ("PLACES", "everywhere"));
        var data = new { url = $"{server.Url}$PLACE/$PLACES?a=$HOME", method = "POST", headers = new[] { new { key = "Authorization", value = "Bearer $TOKEN" } }, body = "$TOKEN $ $place $$PLACE" };
        await types.Prepare(Given.Monitor(1, data: data))(TestContext.Current.CancellationToken);
        Assert.StartsWith("POST /there/everywhere?a=$HOME HTTP/1.1\r\n", server.Requests[0]);
        Assert.Contains("Authorization: Bearer s3cret\r\n", server.Requests[0]);
        Assert.EndsWith("\r\n\r\ns3cret $ $place $there", server.Requests[0]);
    }

    [Fact]
    public async Task No_message_contains_the_value_of_a_variable()
    {
        var types = Given.Types(("TOKEN", "s3cret"));
        var verdict = await types.Prepare(Given.Monitor(1, data: new { url = "http://$TOKEN.invalid/" }))(TestContext.Current.CancellationToken);
        Assert.Equal("The name $TOKEN.invalid cannot be resolved", verdict.Message);
    }

    [Fact]
    public void Only_listed_variables_that_exist_are_replaced()
    {
        Environment.SetEnvironmentVariable("KENER_TEST_LISTED", "value");
        var variables = Variables.Of(["KENER_TEST_LISTED", "KENER_TEST_MISSING"]);
        Assert.Equal("value $KENER_TEST_MISSING $PATH", variables.Fill("$KENER_TEST_LISTED $KENER_TEST_MISSING $PATH"));
    }

    [Theory]
    [InlineData("", "v"), InlineData("a b", "v"), InlineData("X-A", "v"), InlineData("x-é", "v"), InlineData("X-A", "a\nb"), InlineData("X-A", "é"), InlineData("X-A", "a\tb")]
    [InlineData("connection", "v"), InlineData("Content-Length", "1"), InlineData("Expect", "v"), InlineData("HTTP2-Settings", "v"), InlineData("Keep-Alive", "v")]
    [InlineData("Proxy-Authenticate", "v"), InlineData("Proxy-Authorization", "v"), InlineData("Proxy-Connection", "v"), InlineData("TE", "v"), InlineData("Trailer", "v")]
    [InlineData("Transfer-Encoding", "chunked"), InlineData("Upgrade", "v"), InlineData("Host", "example.com")]
    public void The_API_accepts_exactly_the_headers_that_can_be_sent(string name, string value) => Assert.Equal(RequestHeaders.Fault(name, value), HeaderText.Fault(name, value));

    [Fact]
    public void Each_type_understands_its_sample_and_has_a_page_that_explains_its_fields()
    {
        var folders = Directory.GetDirectories(Path.Combine(Root, "services/Agent/Checks"));
        Assert.Equal(Given.Types().Names.Count(), folders.Length);
        foreach (var folder in folders)
        {
            var name = Path.GetFileName(folder);
            var page = File.ReadAllText(Path.Combine(folder, name + ".md"));
            var type = MonitorTypes.Find(page[2..page.IndexOf(':', StringComparison.Ordinal)])!;
            // Code in a monitor is kept and never run (Behavior: CHK-5).
            foreach (var field in type.Fields.Where(field => field.Name != "eval")) Assert.Contains($"`{field.Name}`", page);
            Given.Types().Definition(type.Name).Prepare(JsonElement.Parse(type.Sample));
        }
    }

    private static string Root
    {
        get
        {
            var folder = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(folder, "Kener.sln"))) folder = Path.GetDirectoryName(folder)!;
            return folder;
        }
    }

    private static (MonitorStatus, string?) Brief(CheckOutcome verdict) => (verdict.Status, verdict.Message);

    private static Task<CheckOutcome> CheckAsync(object data) => Given.Types().Prepare(Given.Monitor(1, data: data))(TestContext.Current.CancellationToken);
}

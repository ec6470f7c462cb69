using System.Net;
using System.Text;
using System.Text.Json;
using Kener.ServiceDefaults;
using Microsoft.EntityFrameworkCore;

namespace Kener.Monitors.Tests;

public sealed class HostileInputTests(MonitorsApps apps)
{
    private const string Tag = """{"tag":"%tag%","name":"x",""";
    private static readonly string Deep = new string('[', 40) + new string(']', 40);

    private static readonly string[] BrokenBodies =
    [
        "", "null", "[]", "5", "\"text\"", "{", "{\"a\":}", "{} {}", Deep, $$"""{"a":{{Deep}}}""", """{"\ud800":1}""", """{"\u0000":1}""",
    ];

    private static readonly string[] BadMonitors =
    [
        "{}", """{"tag":"a"}""", """{"name":"a"}""", """{"tag":null,"name":"a"}""", """{"tag":5,"name":"a"}""", """{"tag":"","name":"a"}""",
        """{"tag":"  ","name":"a"}""", """{"tag":"A","name":"a"}""", """{"tag":"-a","name":"a"}""", """{"tag":"a/b","name":"a"}""",
        """{"tag":"a\u0000b","name":"a"}""", """{"tag":"\ud800","name":"a"}""", $$"""{"tag":"{{new string('a', 256)}}","name":"a"}""",
        """{"tag":"%tag%","name":""}""", """{"tag":"%tag%","name":" "}""", """{"tag":"%tag%","name":5}""", """{"tag":"%tag%","name":"a\u0000"}""",
        """{"tag":"%tag%","name":"\udc00"}""", $$"""{"tag":"%tag%","name":"{{new string('n', 256)}}"}""",
    ];

    private static readonly string[] BadFields =
    [
        "\"description\":5}", "\"description\":{}}", "\"description\":\"a\\u0000\"}", "\"image\":[]}", "\"image\":false}", "\"external_url\":1}",
        "\"category_name\":1}", "\"category_name\":\"\\ud800\"}", "\"cron\":5}", "\"cron\":\"nonsense\"}", "\"cron\":\"* * * *\"}", "\"cron\":\"99 * * * *\"}",
        "\"cron\":\"\\u0000\"}", "\"default_status\":\"SIDEWAYS\"}", "\"default_status\":1}", "\"status\":\"active\"}", "\"status\":true}", "\"is_hidden\":\"maybe\"}",
        "\"is_hidden\":true}", "\"monitor_type\":\"FAX\"}", "\"monitor_type\":{}}", "\"include_degraded_in_downtime\":\"X\"}",
        "\"confirmation_threshold\":0}", "\"confirmation_threshold\":61}", "\"confirmation_threshold\":1.5}", "\"confirmation_threshold\":\"5\"}",
        "\"confirmation_threshold\":1e999}", "\"confirmation_threshold\":-9223372036854775809}", "\"type_data\":5}", "\"type_data\":\"{}\"}", "\"type_data\":[]}",
        "\"type_data\":{\"a\":\"\\u0000\"}}", "\"type_data\":{\"a\":{\"\\ud800\":1}}}", "\"type_data\":{\"\\u0000\":1}}", "\"type_data\":{\"a\":[\"\\udc00\"]}}",
        "\"monitor_settings_json\":1}", "\"monitor_settings_json\":[]}", $"\"type_data\":{{\"a\":\"{new string('x', 300_000)}\"}}}}",
    ];

    private static readonly string[] BadRanges =
    [
        "{}", """{"start_ts":0}""", """{"start_ts":"0","end_ts":60,"status":"UP","latency":1}""", """{"start_ts":null,"end_ts":60,"status":"UP","latency":1}""",
        """{"start_ts":60,"end_ts":60,"status":"UP","latency":1}""", """{"start_ts":120,"end_ts":60,"status":"UP","latency":1}""",
        """{"start_ts":-1,"end_ts":60,"status":"UP","latency":1}""", """{"start_ts":0,"end_ts":1e300,"status":"UP","latency":1}""",
        """{"start_ts":253402300740,"end_ts":253402300800,"status":"UP","latency":1}""", """{"start_ts":0,"end_ts":60,"latency":1}""",
        """{"start_ts":0,"end_ts":60,"status":"MAINTENANCE","latency":1}""", """{"start_ts":0,"end_ts":60,"status":"NO_DATA","latency":1}""",
        """{"start_ts":0,"end_ts":60,"status":5,"latency":1}""", """{"start_ts":0,"end_ts":60,"status":"UP"}""", """{"start_ts":0,"end_ts":60,"status":"UP","latency":-1}""",
        """{"start_ts":0,"end_ts":60,"status":"UP","latency":"1"}""", """{"start_ts":0,"end_ts":60,"status":"UP","latency":1e999}""",
        """{"start_ts":0,"end_ts":60,"status":"UP","latency":1000000001}""", """{"start_ts":0,"end_ts":60,"status":"UP","latency":1,"deviation":-1}""",
        """{"start_ts":0,"end_ts":60,"status":"UP","latency":1,"deviation":"x"}""", """{"start_ts":0,"end_ts":40000000,"status":"UP","latency":1}""",
    ];

    private static readonly string[] BadMinutes =
    [
        """{"status":"MAINTENANCE"}""", """{"status":null}""", """{"status":5}""", """{"latency":-1}""", """{"latency":"1"}""", """{"latency":null}""",
        """{"latency":1e999}""", """{"status":"\ud800"}""",
    ];

    private static readonly string[] BadQueries =
    [
        "", "?start_ts=0", "?end_ts=60", "?start_ts=&end_ts=60", "?start_ts=a&end_ts=60", "?start_ts=0&end_ts=1e3", "?start_ts=0.5&end_ts=60", "?start_ts=-60&end_ts=60",
        "?start_ts=0&end_ts=99999999999999999999", "?start_ts=60&end_ts=60", "?start_ts=120&end_ts=60", "?start_ts=%00&end_ts=60", "?start_ts=0&end_ts=253402300800",
    ];

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Bad_input_is_rejected_in_the_error_format_and_changes_nothing(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, id) = await app.MonitorAsync();
        var free = MonitorsApp.NewTag();
        var before = (await app.GetAsync("/" + tag)).Body.GetRawText();
        var posts = BrokenBodies.Concat(BadMonitors).Concat(BadFields.Select(field => Tag + field)).Select(body => (HttpMethod.Post, "", body.Replace("%tag%", free, StringComparison.Ordinal)));
        var patches = BrokenBodies.Concat(BadFields.Select(field => "{" + field)).Append("""{"name":null}""").Append("""{"name":" "}""").Append("""{"tag":"b"}""")
            .Append("""{"tag":null}""").Append("""{"tag":5}""").Append("""{"tag":"\ud800"}""").Select(body => (HttpMethod.Patch, $"/{tag}", body));
        var ranges = BrokenBodies.Concat(BadRanges).Select(body => (HttpMethod.Patch, $"/{tag}/data", body));
        var minutes = BrokenBodies.Concat(BadMinutes).Select(body => (HttpMethod.Patch, $"/{tag}/data/600", body));

        foreach (var (method, path, body) in posts.Concat(patches).Concat(ranges).Concat(minutes))
            AssertRefused(await app.SendAsync(method, path, body), HttpStatusCode.BadRequest, $"{method} {path} {body[..Math.Min(200, body.Length)]}");

        Assert.Equal(before, (await app.GetAsync("/" + tag)).Body.GetRawText());
        Assert.Equal(HttpStatusCode.NotFound, (await app.GetAsync("/" + free)).Status);
        Assert.False(await app.WithDbAsync(db => db.Results.AnyAsync(row => row.MonitorId == id)));
        Assert.Equal(1, await app.WithDbAsync(db => db.Audit.CountAsync(row => row.SubjectType == "monitor" && row.SubjectId == id)));
        Assert.Single(app.Heard.Of(tag));
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Bad_addresses_are_rejected_in_the_error_format(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, _) = await app.MonitorAsync();
        foreach (var query in BadQueries) AssertRefused(await app.GetAsync($"/{tag}/data{query}"), HttpStatusCode.BadRequest, query);
        foreach (var timestamp in new[] { "abc", "-60", "1.5", "99999999999999999999", "1e3", "253402300800", "%20", "0x10" })
        {
            AssertRefused(await app.GetAsync($"/{tag}/data/{timestamp}"), HttpStatusCode.BadRequest, timestamp);
            AssertRefused(await app.PatchAsync($"/{tag}/data/{timestamp}", """{"status":"UP"}"""), HttpStatusCode.BadRequest, timestamp);
        }
        foreach (var unknown in new[] { "nobody", "A", "a%2Fb", "%F0%9F%9A%80", "%ED%A0%80", new string('a', 3_000), "'%3B--" })
        {
            AssertRefused(await app.GetAsync("/" + unknown), HttpStatusCode.NotFound, unknown);
            AssertRefused(await app.PatchAsync("/" + unknown, "not json"), HttpStatusCode.NotFound, unknown);
            AssertRefused(await app.DeleteAsync("/" + unknown), HttpStatusCode.NotFound, unknown);
            AssertRefused(await app.GetAsync($"/{unknown}/data"), HttpStatusCode.NotFound, unknown);
            AssertRefused(await app.PatchAsync($"/{unknown}/data/x", "not json"), HttpStatusCode.NotFound, unknown);
        }
        foreach (var filter in new[] { "status", "category_name", "monitor_type", "is_hidden" })
            AssertRefused(await app.GetAsync($"?{filter}=a%00"), HttpStatusCode.BadRequest, filter);
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("?category_name=a&category_name=b&unknown=%00")).Status);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task A_method_that_a_route_does_not_have_is_405(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, _) = await app.MonitorAsync();
        foreach (var (method, path) in new[] { (HttpMethod.Put, ""), (HttpMethod.Delete, ""), (HttpMethod.Post, $"/{tag}"), (HttpMethod.Put, $"/{tag}/data"), (HttpMethod.Delete, $"/{tag}/data/60") })
            AssertRefused(await app.SendAsync(method, path, "{}"), HttpStatusCode.MethodNotAllowed, $"{method} {path}");
        AssertRefused(await app.GetAsync($"/{tag}/nothing"), HttpStatusCode.NotFound, "no route");
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Invalid_UTF8_and_bodies_that_are_too_large_are_rejected(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, _) = await app.MonitorAsync();
        byte[] Broken(string text) => [.. Encoding.UTF8.GetBytes(text).SelectMany(one => one == '~' ? [0xC3, 0x28] : new[] { one })];
        foreach (var body in new[] { """{"name":"~"}""", """{"~":1}""", """{"type_data":{"~":1}}""", """{"type_data":{"a":"~"}}""", "~" })
            AssertRefused(await app.SendAsync(HttpMethod.Patch, "/" + tag, bytes: Broken(body)), HttpStatusCode.BadRequest, body);
        AssertRefused(await app.SendAsync(HttpMethod.Patch, "/" + tag, bytes: new byte[(1 << 20) + 1]), HttpStatusCode.RequestEntityTooLarge, "large");
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("")).Status);
    }

    [Theory, ClassData(typeof(BothDatabases))]
    public async Task Odd_but_storable_input_is_accepted_and_can_be_read_again(DatabaseKind database)
    {
        var app = await apps.OnAsync(database);
        var (tag, _) = await app.MonitorAsync(""","status":null,"is_hidden":null,"monitor_type":null,"type_data":null,"cron":"","name":"y","default_status":"" """);
        var nested = string.Concat(Enumerable.Repeat("{\"a\":", 25)) + "1" + new string('}', 25);
        foreach (var body in new[] { "{}", $$"""{"type_data":{{nested}}}""", """{"type_data":{"a":1,"a":2,"n":1e999,"":"\ud83d\ude80"}}""", """{"description":"\u0001\u2028<script>"}""", """{"tag":"x","tag":"%tag%"}""" })
            Assert.Equal(HttpStatusCode.OK, (await app.PatchAsync("/" + tag, body.Replace("%tag%", tag, StringComparison.Ordinal))).Status);
        Assert.Equal(2, (await app.GetAsync("/" + tag)).Monitor.GetProperty("type_data").GetProperty("a").GetInt32());
        Assert.Equal(HttpStatusCode.OK, (await app.GetAsync("")).Status);
    }

    private static void AssertRefused(Answer answer, HttpStatusCode status, string input)
    {
        Assert.True(answer.Status == status, $"{input}: {answer.Status} {answer.Body}");
        var error = answer.Body.GetProperty("error");
        Assert.Equal(["code", "message"], error.EnumerateObject().Select(field => field.Name));
        Assert.False(string.IsNullOrEmpty(answer.Message), input);
        Assert.NotEqual(JsonValueKind.Null, error.GetProperty("code").ValueKind);
    }
}

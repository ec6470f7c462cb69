using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;

namespace Kener.Agent.Tests;

/// <summary>
/// Generates type_data as JSON: fields of wrong kinds, text within text, unpaired surrogates, huge numbers, deep nesting, odd addresses, headers
/// with control characters, unusual methods, bodies and timeouts. Often all fields but one are valid.
/// </summary>
internal sealed class HostileData(int port)
{
    private static readonly string[] Letters =
        ["a", "Z", "0", " ", "-", ":", "/", "?", "#", "@", "%", "%zz", "$HOME", "$", "\\u0000", "\\u0001", "\\r\\n", "\\n", "\\t", "\\u007f", "\\u00e9", "\u00e9", "\\u2028",
            "\\ud800", "\\udc00", "\\ud83d\\ude00", "\\u202e", "\\\\", "\\\"", "[", "]", "{", "}", "xn--", "..", "127.0.0.1"];

    private static readonly string[] Methods = ["GET", "get", " POST ", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "", "G E T", "GET\\r\\n", "\\u0130"];

    private static readonly string[] Names =
        ["X-A", "Content-Type", "Content-Length", "Host", "host", "Cookie", "Transfer-Encoding", "Expires", "If-Match", "Range", "Date", "Authorization", "Referer", ":authority", "", "Proxy-Authorization"];

    private static readonly string[] Values = ["v", "", "1", "a, b", "bytes=0-", "not a date", "a:99999", "[::1]", "Basic =", "\\u0009", "\\u0001", "\\u00e9", "%", "*", "[fe80::1%25eth0]"];

    private static readonly string[] Numbers =
        ["0", "1", "-1", "1.5", "55000", "55001", "10000", "1e3", "1e308", "1e400", "-1e400", "99999999999999999999999999", "0.0000001", "2147483648", "-0"];

    private readonly string[] _hosts =
    [
        $"localhost:{port}", $"127.0.0.1:{port}", $"name.example:{port}", "127.0.0.1:1", "unknown.example", "169.254.169.254", "[::1]:1", "[::]", "0", "2852039166", "0x7f000001:1",
        "[fe80::1%25lo]", "[::ffff:169.254.169.254]", $"a.b:{port}", "a:99999", "a:0", "xn--", "xn--a.example", $"b\\u00fccher.example:{port}", "\\ud83d\\ude00.example",
        $"user:pass@name.example:{port}", $"%ff@name.example:{port}", $"\\u00e9:\\ud83d@name.example:{port}", new string('a', 64) + ".example", new string('a', 300), string.Join('.', Enumerable.Repeat("a", 130)),
        "a..b", ".", "a_b.example", "-a.example", "a b", "%61.example", "%00", "[", "[::1", "", ":80", "@", "\\u3002", "\\u2100.example", "\\u00ad", "1.2.3.4.5", "256.256.256.256",
    ];

    private Gen<string> Any => field ??= Gen.OneOf(
        Gen.Const("null"), Gen.Const("true"), Gen.Const("false"), Of(Numbers), Text(12), Gen.Const("[]"), Gen.Const("{}"), Gen.Const("[null]"), Gen.Const("[[[]]]"),
        Gen.Const("""{"key":"a","value":"b"}"""), Gen.Int[1, 25].Select(depth => new string('[', depth) + new string(']', depth)),
        Gen.Int[1, 25].Select(depth => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth)));

    private Gen<string> Monitor => field ??= Gen.Select(
        Field("url", Url), Field("method", Of(Methods).Select(Quoted)), Field("headers", Headers), Field("body", Gen.OneOf(Text(30), Gen.Const(Quoted(new string('x', 60_000))))),
        Field("timeout", Gen.OneOf(Of(Numbers), Of(Numbers).Select(Quoted))), Field("follow_redirects", Of("true", "false", "\"true\"", "\"False\"", "\"\"")),
        Gen.Select(Field("max_redirects", Of(Numbers)), Field("allowSelfSignedCert", Of("true", "\"true\"", "1")), Field("other", Any)),
        (url, method, headers, body, timeout, follow, others) => (string[])[url, method, headers, body, timeout, follow, others.Item1, others.Item2, others.Item3])
        .Select(fields => "{" + string.Join(',', fields.Where(given => given.Length > 0)) + "}");

    private Gen<string> Url => Gen.OneOf(
        Gen.Const($"\"http://127.0.0.1:{port}/\""), Gen.Select(Of("http://", "HTTP://", "https://", "ftp://", "file:///", "//", "javascript:", "http:", "http:/", "", " http://"), Of(_hosts),
            Of("", "/", "/a%00b", "/\\ud800", "/?\\u0000", "/#x", "/../..", "/\\u00e9", "\\\\a", "/" + new string('a', 5_000)), (scheme, host, path) => Quoted(scheme + host + path)), Text(20));

    private Gen<string> Headers
    {
        get
        {
            var header = Gen.OneOf(
                Gen.Select(Gen.OneOf(Of(Names), Raw(4)), Gen.OneOf(Of(Values), Raw(6)), (name, value) => $$"""{"key":"{{name}}","value":"{{value}}"}"""),
                Gen.Select(Any, Any, (name, value) => $$"""{"key":{{name}},"value":{{value}}}"""), Raw(3).Select(name => $$"""{"{{name}}":1,"key":"a","value":"b"}"""), Any);
            var list = header.Array[0, 4].Select(headers => "[" + string.Join(',', headers) + "]");
            var within = Gen.OneOf(list, Any, Gen.Int[1, 3_000].Select(depth => new string('[', depth)), Gen.Int[1, 3_000].Select(depth => new string('[', depth) + new string(']', depth)));
            // As older versions of the original stored them, JSON within a text; here also within another text.
            return Gen.OneOf(list, within.Select(Escaped), within.Select(json => Escaped(Escaped(json))));
        }
    }

    /// <summary>Returns the next type_data as JSON; rarely, it is not an object.</summary>
    public string Next() => Gen.Frequency((50, Monitor), (1, Any)).Single();

    /// <summary>Returns the sample as JSON, with some of its values replaced by invalid ones or by other addresses.</summary>
    public string Changed(JsonElement sample) => Changed(sample, Gen.OneOf(Any, Of(_hosts).Select(Quoted), Of(Numbers).Select(Quoted), Text(20)));

    private static string Changed(JsonElement value, Gen<string> other) => Gen.Int[0, 5].Single() == 0 ? other.Single() : value.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', value.EnumerateObject().Select(field => $"{Quoted(field.Name)}:{Changed(field.Value, other)}")) + "}",
        JsonValueKind.Array => "[" + string.Join(',', value.EnumerateArray().Select(item => Changed(item, other))) + "]",
        _ => value.GetRawText(),
    };

    private Gen<string> Field(string name, Gen<string> usual) => Gen.Frequency((6, Gen.Const("")), (10, usual.Select(value => $"\"{name}\":{value}")), (1, Any.Select(value => $"\"{name}\":{value}")));

    private static Gen<string> Of(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static Gen<string> Raw(int longest) => Of(Letters).Array[0, longest].Select(string.Concat);

    private static Gen<string> Text(int longest) => Raw(longest).Select(Quoted);

    private static string Quoted(string escaped) => $"\"{escaped}\"";

    private static string Escaped(string json)
    {
        var text = new StringBuilder("\"");
        foreach (var letter in json)
        {
            if (letter is '"' or '\\') text.Append('\\');
            if (letter < ' ') text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
            else text.Append(letter);
        }
        return text.Append('"').ToString();
    }
}

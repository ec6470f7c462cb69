using System.Net;
using System.Net.Sockets;
using System.Text;
using Kener.TestKit;

namespace Kener.EndToEnd.Tests;

/// <summary>A client without a key that sends random, mostly malformed requests to every public route.</summary>
internal sealed class Attacker : IDisposable
{
    private static readonly string[] Methods = ["GET", "GET", "GET", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"];
    private static readonly string[] Zones = ["Europe/Berlin", "America/Lima", "Asia/Tokyo", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "UTC", "Africa/Cairo", "Pacific/Apia"];
    private static readonly string[] Types =
    [
        "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data; boundary=x", "multipart/form-data", "application/json", "text/plain", "nonsense",
    ];
    private readonly Random _random;
    private readonly HttpClient _client;

    public Attacker(string url, int seed)
    {
        _random = new Random(seed);
        _client = From($"127.{1 + (seed % 200)}.{seed % 250}.9", url);
    }

    /// <summary>Sends one request; returns its description and the status code of the answer.</summary>
    public async Task<(string Request, int Status)> AskAsync(CancellationToken cancel)
    {
        var (method, path) = (Pick(Methods), Path());
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_client.BaseAddress + path.TrimStart('/'), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        var cookie = Cookie();
        request.Headers.TryAddWithoutValidation("Cookie", cookie);
        request.Headers.TryAddWithoutValidation("Accept-Language", Language());
        if (Chance(3)) request.Headers.TryAddWithoutValidation(Pick("Accept", "Accept-Encoding", "If-None-Match", "Last-Event-ID", "User-Agent", "Range", "X-Forwarded-For", "Authorization", "X-" + Word()), Text());
        if (method is "POST" or "PUT" or "PATCH")
        {
            request.Content = new ByteArrayContent(Encoding.Latin1.GetBytes(Chance(2) ? $"theme={Word()}&tz={Zone()}&back={Text()}" : Text() + Text()));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", Pick(Types));
        }
        // The body of a live stream does not end.
        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (answer.Content.Headers.ContentType?.MediaType != "text/event-stream") await answer.Content.CopyToAsync(Stream.Null, cancel);
        return ($"{method} {path} Cookie: {cookie}", (int)answer.StatusCode);
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Returns a client that connects from this loopback address.</summary>
    public static HttpClient From(string address, string url) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
        ConnectCallback = async (context, cancel) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(2) };

    private string Path()
    {
        var path = Pick(PublicRoutes.All);
        while (path.IndexOf('{', StringComparison.Ordinal) is >= 0 and var start) path = path[..start] + Segment() + path[(path.IndexOf('}', StringComparison.Ordinal) + 1)..];
        if (path == "/live") return $"/live?page={Uri.EscapeDataString(Pick("/", "/", "/incidents/" + Number(), "/" + Word(), "//"))}";
        return Chance(3) ? $"{path}?{Word()}={Word()}" : path;
    }

    private string Segment() => Pick(Number(), Word(), "%2e%2e", "%ff%fe", "%00", "%c3%a9" + Word(), new string('9', 30), new string('a', _random.Next(1, 2_000)), "a%2fb", "..;", "%ED%A0%80");

    private string Cookie() => $"kener_tz={Zone()}; kener_lang={Pick("en", "de", "xx", Word())}; kener_theme={Pick("dark", "light", "system", Word())}; {Word()}={Text()}";

    private string Zone() => Pick(
        Pick(Zones), Pick(Zones).Replace("/", new string('/', _random.Next(2, 300)), StringComparison.Ordinal), Pick("posix", "right") + new string('/', _random.Next(1, 300)) + Pick(Zones),
        string.Concat(Enumerable.Repeat("./", _random.Next(1, 300))) + Pick(Zones), Word(), Pick(Zones).ToUpperInvariant(), "localtime");

    private string Language() => string.Join(',', Enumerable.Range(0, _random.Next(1, 30)).Select(_ => Pick("en", "de", "*", Word()) + Pick("", ";q=0.5", ";q=NaN", ";q=" + Word())));

    private string Number() => _random.NextInt64().ToString(System.Globalization.CultureInfo.InvariantCulture);

    private string Word() => Convert.ToHexString(BitConverter.GetBytes(_random.Next()));

    /// <summary>Returns random characters that a header can hold.</summary>
    private string Text() => string.Concat(Enumerable.Range(0, _random.Next(1, 200)).Select(_ => (char)Pick(_random.Next(0x21, 0x7f), _random.Next(0x80, 0x100))));

    private bool Chance(int of) => _random.Next(of) == 0;

    private T Pick<T>(params IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];
}

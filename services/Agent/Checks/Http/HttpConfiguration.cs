using System.Text;
using System.Text.Json;
using Kener.Outbound;

namespace Kener.Agent.Checks.Http;

/// <summary>The type_data of an API monitor (spec/monitors 2), made a request.</summary>
internal static class HttpConfiguration
{
    private const int LongestTimeoutMs = 55_000, MostRedirects = 20;
    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

    public static OutboundRequest Read(JsonElement data, Variables variables)
    {
        var method = data.Text("method", "GET").Trim().ToUpperInvariant();
        if (!Methods.Contains(method)) throw new WrongConfiguration("method", $"give one of {string.Join(", ", Methods)}");
        var body = variables.Fill(data.Text("body"));
        return new OutboundRequest(Url(variables.Fill(data.Text("url")).Trim()))
        {
            Method = method,
            Headers = [.. data.List("headers").Select(header => Header(header, variables)).OfType<KeyValuePair<string, string>>()],
            Body = body.Length == 0 ? null : Encoding.UTF8.GetBytes(body),
            Timeout = TimeSpan.FromMilliseconds(data.Whole("timeout", 10_000, 1, LongestTimeoutMs)),
            MaxRedirects = data.Flag("follow_redirects", true) ? data.Whole("max_redirects", 5, 0, MostRedirects) : 0,
            AcceptsAnyCertificate = data.Flag("allowSelfSignedCert", false),
        };
    }

    private static Uri Url(string text) =>
        text.Length == 0 ? throw new WrongConfiguration("url", "is missing")
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 ? url
        : throw new WrongConfiguration("url", "give an absolute http or https address");

    /// <summary>Null for a line of the form that was left empty.</summary>
    private static KeyValuePair<string, string>? Header(JsonElement header, Variables variables)
    {
        if (header.ValueKind != JsonValueKind.Object) throw new WrongConfiguration("headers", "give a list of objects with key and value");
        var (name, value) = (Part("key").Trim(), variables.Fill(Part("value")).Trim());
        if (name.Length == 0 && value.Length == 0) return null;
        return RequestHeaders.Fault(name, value) is { } fault ? throw new WrongConfiguration("headers", fault) : new(name, value);

        string Part(string field)
        {
            try
            {
                return header.Text(field);
            }
            catch (WrongConfiguration wrong)
            {
                throw new WrongConfiguration("headers", wrong.Message);
            }
        }
    }
}

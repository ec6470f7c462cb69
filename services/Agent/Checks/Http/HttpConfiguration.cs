using System.Text;
using System.Text.Json;
using Kener.Contracts;
using Kener.Outbound.Requests;

namespace Kener.Agent.Checks.Http;

/// <summary>Builds the request from the <c>type_data</c> of an API monitor.</summary>
internal static class HttpConfiguration
{
    public static OutboundRequest Read(JsonElement data, Variables variables)
    {
        var body = variables.Fill(ApiType.Body.Read(data));
        return new OutboundRequest(Url(variables.Fill(ApiType.Url.Read(data)).Trim()))
        {
            Method = ApiType.Method.Read(data),
            Headers = [.. ApiType.Headers.Read(data).Select((header, i) => Header(header, i, variables)).OfType<KeyValuePair<string, string>>()],
            Body = body.Length == 0 ? null : Encoding.UTF8.GetBytes(body),
            Timeout = TimeSpan.FromMilliseconds(ApiType.Timeout.Read(data)),
            MaxRedirects = ApiType.FollowRedirects.Read(data) ? ApiType.MaxRedirects.Read(data) : 0,
            AcceptsAnyCertificate = ApiType.AllowSelfSignedCert.Read(data),
        };
    }

    private static Uri Url(string text) =>
        text.Length == 0 ? throw new FieldException("url", "is missing")
        : ApiType.ParseUrl(text) ?? throw new FieldException("url", "give an absolute http or https address");

    /// <summary>Returns null for a form line that was left empty.</summary>
    private static KeyValuePair<string, string>? Header(JsonElement header, int index, Variables variables)
    {
        if (ApiType.ReadHeader(header) is not var (name, written)) return null;
        var value = variables.Fill(written).Trim();
        return RequestHeaders.Fault(name, value) is { } fault ? throw new FieldException($"headers[{index}]", fault) : new(name, value);
    }
}

using System.Text.Json;

namespace Kener.Contracts;

/// <summary>API: an address that is requested by HTTP.</summary>
public static class ApiType
{
#pragma warning disable CS1591 // Each field is named as in JSON.
    public static TextField Url { get; } = new("url") { IsRequired = true, Rule = UrlRule, MaskPart = MaskUserInfo };
    public static ChoiceField Method { get; } = new("method", "GET", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS");
    public static TextField HeaderKey { get; } = new("key");
    public static TextField HeaderValue { get; } = new("value") { IsSecret = true };
    public static ObjectsField Headers { get; } = new("headers", HeaderKey, HeaderValue) { ItemRule = HeaderRule };
    public static TextField Body { get; } = new("body") { IsSecret = true };
    public static WholeField Timeout { get; } = new("timeout", 10_000, 1, 55_000);
    public static FlagField FollowRedirects { get; } = new("follow_redirects", true);
    public static WholeField MaxRedirects { get; } = new("max_redirects", 5, 0, 20);
    public static FlagField AllowSelfSignedCert { get; } = new("allowSelfSignedCert", false);
#pragma warning restore CS1591

    /// <summary>The type.</summary>
    public static MonitorType Descriptor { get; } = new(
        MonitorTypes.Api, CheckedBy.Agents,
        [Url, Method, Headers, Body, Timeout, FollowRedirects, MaxRedirects, AllowSelfSignedCert, new TextField("eval")],
        """
        {
          "url": "https://example.com/health",
          "method": "POST",
          "headers": [{ "key": "Authorization", "value": "Bearer $HEALTH_TOKEN" }],
          "body": "{\"deep\":true}",
          "timeout": 5000,
          "follow_redirects": true,
          "max_redirects": 3,
          "allowSelfSignedCert": false
        }
        """);

    /// <summary>The text as an absolute http or https address; null where it is none.</summary>
    public static Uri? ParseUrl(string text) =>
        Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 ? url : null;

    /// <summary>The name and the value of a header; null for a line of the form that was left empty.</summary>
    public static (string Name, string Value)? ReadHeader(JsonElement header)
    {
        var (name, value) = (HeaderKey.Read(header).Trim(), HeaderValue.Read(header).Trim());
        return name.Length == 0 && value.Length == 0 ? null : (name, value);
    }

    // With variables of the agent in it, only the agent can tell.
    private static string? UrlRule(string text) =>
        string.IsNullOrWhiteSpace(text) || text.Contains('$', StringComparison.Ordinal) || ParseUrl(text) is not null ? null : "give an absolute http or https address";

    private static string? HeaderRule(JsonElement header) => ReadHeader(header) is var (name, value) ? HeaderText.Fault(name, value) : null;

    /// <summary>Masks a user name and a password in the address.</summary>
    private static string MaskUserInfo(string text)
    {
        var start = text.IndexOf("//", StringComparison.Ordinal) is var slashes and >= 0 ? slashes + 2 : 0;
        var length = text.AsSpan(start).IndexOfAny("/?#\\") is var end and >= 0 ? end : text.Length - start;
        var at = text.AsSpan(start, length).LastIndexOf('@');
        return at <= 0 ? text : string.Concat(text.AsSpan(0, start), TypeSecrets.Mask, text.AsSpan(start + at));
    }
}

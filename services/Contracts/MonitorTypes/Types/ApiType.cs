using System.Text.Json;

namespace Kener.Contracts;

/// <summary>API: sends an HTTP request to an address.</summary>
public static class ApiType
{
#pragma warning disable CS1591 // The properties are named as in JSON.
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

    /// <summary>The descriptor.</summary>
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

    /// <summary>Parses an absolute http or https address; null if the text is none.</summary>
    public static Uri? ParseUrl(string text) =>
        Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 ? url : null;

    /// <summary>Reads the name and the value of a header; null if both are empty, as from a form line that was not filled in.</summary>
    public static (string Name, string Value)? ReadHeader(JsonElement header)
    {
        var (name, value) = (HeaderKey.Read(header).Trim(), HeaderValue.Read(header).Trim());
        return name.Length == 0 && value.Length == 0 ? null : (name, value);
    }

    // Only the agent can validate an address with variables, because it fills them in.
    private static string? UrlRule(string text) =>
        string.IsNullOrWhiteSpace(text) || text.Contains('$', StringComparison.Ordinal) || ParseUrl(text) is not null ? null : "give an absolute http or https address";

    private static string? HeaderRule(JsonElement header) => ReadHeader(header) is var (name, value) ? HeaderText.Fault(name, value) : null;

    /// <summary>Masks the user name and password in an address.</summary>
    private static string MaskUserInfo(string text)
    {
        var start = text.IndexOf("//", StringComparison.Ordinal) is var slashes and >= 0 ? slashes + 2 : 0;
        var length = text.AsSpan(start).IndexOfAny("/?#\\") is var end and >= 0 ? end : text.Length - start;
        var at = text.AsSpan(start, length).LastIndexOf('@');
        return at <= 0 ? text : string.Concat(text.AsSpan(0, start), TypeSecrets.Mask, text.AsSpan(start + at));
    }
}

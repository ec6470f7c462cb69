using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kener.Status;

/// <summary>Answers in API v4's spelling.</summary>
internal static class V4
{
    private static readonly JsonSerializerOptions Spelling = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        // The answer is JSON by its type, never markup, so letters of other scripts need no escape.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IResult Json(object answer, int status = StatusCodes.Status200OK) => Results.Json(answer, Spelling, statusCode: status);

    /// <summary>ISO 8601 in UTC, with milliseconds.</summary>
    public static string Iso(long ms) =>
        DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

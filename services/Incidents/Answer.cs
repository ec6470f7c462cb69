using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kener.Incidents;

/// <summary>How API v4 writes what it answers: snake case, in the order of the fields, null where there is nothing.</summary>
internal static class Answer
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        // The answer is JSON by its type, never markup, so letters of other scripts need no escape.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IResult Ok<T>(T value) => Results.Json(value, Json);

    public static IResult Created<T>(T value) => Results.Json(value, Json, statusCode: StatusCodes.Status201Created);

    /// <summary>ISO 8601 in UTC, with milliseconds.</summary>
    public static string Iso(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Kener.Persistence;

/// <summary>How the API writes what it answers: snake case, in the order of the fields, null where there is nothing.</summary>
public static class ApiAnswer
{
    private static readonly JsonSerializerOptions Spelling = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        // The answer is JSON by its type, never markup, so letters of other scripts need no escape.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Answers with that.</summary>
    public static IResult Of(object answer, int status = StatusCodes.Status200OK) => Results.Json(answer, Spelling, statusCode: status);

    /// <summary>ISO 8601 in UTC, with milliseconds.</summary>
    public static string Iso(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

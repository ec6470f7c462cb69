using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Kener.Persistence;

/// <summary>JSON responses of the API: snake case, fields in their order of declaration, null for missing values.</summary>
public static class ApiResponse
{
    private static readonly JsonSerializerOptions Spelling = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        // The response is JSON by its content type, never markup, so letters of other scripts need no escaping.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Returns this object as a response.</summary>
    public static IResult Of(object answer, int status = StatusCodes.Status200OK) => Results.Json(answer, Spelling, statusCode: status);

    /// <summary>Returns ISO 8601 in UTC, with milliseconds.</summary>
    public static string Iso(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

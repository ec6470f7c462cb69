using System.Text.Encodings.Web;
using System.Text.Json;

namespace Kener.Accounts.ApiKeys;

internal sealed record OneKey(KeyAnswer ApiKey);

internal static class KeyJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        // Answers are JSON by their type, never part of a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}

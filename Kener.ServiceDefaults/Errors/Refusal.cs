namespace Kener.ServiceDefaults.Errors;

/// <summary>
/// Refuses a request with a 4xx status (or 503) and a message for the client. Thrown from a rule, it rolls back the surrounding change and becomes
/// the error response <c>{"error":{"code","message"}}</c> (Behavior: API-2).
/// </summary>
public sealed class Refusal(int status, string code, string message) : Exception(message)
{
    /// <summary>The HTTP status, 400 to 503.</summary>
    public int Status => status;

    /// <summary>The machine-readable error code.</summary>
    public string Code => code;

    /// <summary>400 BAD_REQUEST.</summary>
    public static Refusal BadRequest(string message) => new(400, "BAD_REQUEST", message);

    /// <summary>404 NOT_FOUND.</summary>
    public static Refusal NotFound(string message) => new(404, "NOT_FOUND", message);

    /// <summary>403 FORBIDDEN.</summary>
    public static Refusal Forbidden(string message) => new(403, "FORBIDDEN", message);

    /// <summary>503 UNAVAILABLE: something that the answer depends on is unreachable, and the client should retry later.</summary>
    public static Refusal Unavailable(string message) => new(503, "UNAVAILABLE", message);
}

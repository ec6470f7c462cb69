using System.Text.Json;
using Kener.Contracts;
using Kener.ServiceDefaults;

namespace Kener.Incidents;

/// <summary>The fields of an update as clients send them, with API v4's words for what is wrong with them.</summary>
internal static class UpdateFields
{
    public const int LongestComment = MarkdownBounds.MaxLength;

    public static string Comment(JsonElement? value)
    {
        const string Message = "comment is required and must be a non-empty string";
        // Blank space around it does not count, so the limit is asked of what is left.
        var comment = (value ?? throw Refusal.BadRequest(Message)).Text(Message, int.MaxValue).Trim();
        if (comment.Length == 0) throw Refusal.BadRequest(Message);
        if (comment.Length > LongestComment) throw Refusal.BadRequest($"comment must not be longer than {LongestComment} characters");
        if (MarkdownBounds.Exceeded(comment) is { } bound) throw Refusal.BadRequest($"comment must not have {bound}");
        return comment;
    }

    public static IncidentState State(JsonElement value)
    {
        const string Message = "state must be one of: INVESTIGATING, IDENTIFIED, MONITORING, RESOLVED";
        return Words.ToState(value.Text(Message)) ?? throw Refusal.BadRequest(Message);
    }

    public static long Timestamp(JsonElement value) => Minutes.Floor(value.Seconds("timestamp must be a valid timestamp (UTC seconds)"));
}

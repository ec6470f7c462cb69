using System.Text.Json;
using Kener.Contracts;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Json;

namespace Kener.Incidents.Updates;

/// <summary>What a client sends to post or change an update. Invalid values are refused with API v4's error texts.</summary>
internal sealed record UpdateInput
{
    public const int LongestComment = MarkdownBounds.MaxLength;
    private const string CommentRequired = "comment is required and must be a non-empty string";

    /// <summary>Markdown. Required for a new update.</summary>
    public Optional<string> Comment { get; init; }
    /// <summary>The update's own time, in Unix seconds; rounded down to the minute. A new update without it gets the present minute.</summary>
    public Optional<long> Timestamp { get; init; }
    /// <summary>The state that the update gives the incident. Required for a new update.</summary>
    public Optional<IncidentState> State { get; init; }

    public static UpdateInput Read(InputBody body)
    {
        var comment = body.ReadRequired(nameof(Comment), CommentRequired, ReadComment);
        // API v4 reports an invalid timestamp before an invalid state for a new update, and after it for a change.
        var ofNew = body.IsNew ? body.ReadUnlessNull(nameof(Timestamp), ReadTimestamp) : default;
        var state = body.ReadRequired(nameof(State), "state is required", ReadState);
        return new UpdateInput { Comment = comment, State = state, Timestamp = body.IsNew ? ofNew : body.Read(nameof(Timestamp), ReadTimestamp) };
    }

    private static string ReadComment(JsonElement value)
    {
        // The limit applies to the trimmed text.
        var comment = value.Text(CommentRequired, int.MaxValue).Trim();
        if (comment.Length == 0) throw Refusal.BadRequest(CommentRequired);
        if (comment.Length > LongestComment) throw Refusal.BadRequest($"comment must not be longer than {LongestComment} characters");
        return MarkdownBounds.Exceeded(comment) is { } bound ? throw Refusal.BadRequest($"comment must not have {bound}") : comment;
    }

    private static IncidentState ReadState(JsonElement value)
    {
        const string Message = "state must be one of: INVESTIGATING, IDENTIFIED, MONITORING, RESOLVED";
        return ApiWords.ToState(value.Text(Message)) ?? throw Refusal.BadRequest(Message);
    }

    private static long ReadTimestamp(JsonElement value) => Minutes.Floor(value.Seconds("timestamp must be a valid timestamp (UTC seconds)"));
}

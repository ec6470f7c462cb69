using System.Text.Json;
using Kener.Contracts;
using Kener.ServiceDefaults;

namespace Kener.Incidents;

/// <summary>What a client sends to post or change an update, with API v4's words for what is wrong with it.</summary>
internal sealed record UpdateInput
{
    public const int LongestComment = MarkdownBounds.MaxLength;
    private const string CommentRequired = "comment is required and must be a non-empty string";

    /// <summary>Markdown. A new update needs it.</summary>
    public Optional<string> Comment { get; init; }
    /// <summary>The update's own time, in Unix seconds; rounded down to the minute. The present minute for a new update without it.</summary>
    public Optional<long> Timestamp { get; init; }
    /// <summary>The state that the incident gets by this update. A new update needs it.</summary>
    public Optional<IncidentState> State { get; init; }

    public static UpdateInput Read(InputBody body)
    {
        var comment = body.ReadRequired(nameof(Comment), CommentRequired, ReadComment);
        // API v4 reports a wrong timestamp before a wrong state for a new update, and after it for a change.
        var ofNew = body.IsNew ? body.ReadUnlessNull(nameof(Timestamp), ReadTimestamp) : default;
        var state = body.ReadRequired(nameof(State), "state is required", ReadState);
        return new UpdateInput { Comment = comment, State = state, Timestamp = body.IsNew ? ofNew : body.Read(nameof(Timestamp), ReadTimestamp) };
    }

    private static string ReadComment(JsonElement value)
    {
        // Blank space around it does not count, so the limit applies to what is left.
        var comment = value.Text(CommentRequired, int.MaxValue).Trim();
        if (comment.Length == 0) throw Refusal.BadRequest(CommentRequired);
        if (comment.Length > LongestComment) throw Refusal.BadRequest($"comment must not be longer than {LongestComment} characters");
        return MarkdownBounds.Exceeded(comment) is { } bound ? throw Refusal.BadRequest($"comment must not have {bound}") : comment;
    }

    private static IncidentState ReadState(JsonElement value)
    {
        const string Message = "state must be one of: INVESTIGATING, IDENTIFIED, MONITORING, RESOLVED";
        return Words.ToState(value.Text(Message)) ?? throw Refusal.BadRequest(Message);
    }

    private static long ReadTimestamp(JsonElement value) => Minutes.Floor(value.Seconds("timestamp must be a valid timestamp (UTC seconds)"));
}

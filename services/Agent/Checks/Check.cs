using System.Text;
using System.Text.Json;
using Kener.Contracts;

namespace Kener.Agent.Checks;

/// <summary>One check: looks, and says what it saw. What it throws all the same is a verdict of DOWN.</summary>
internal delegate Task<Verdict> Check(CancellationToken cancel);

/// <summary>A type of monitor: makes a check of what the operator gave. Throws <see cref="FieldException"/> where that makes no sense.</summary>
internal sealed record CheckType(string Name, Func<JsonElement, Check> Prepare);

/// <summary>A type that this agent does not know.</summary>
internal sealed class UnknownTypeException(string type) : Exception($"Unknown type {type}");

/// <summary>What a check saw (Behavior: CHK-6).</summary>
/// <param name="Status">The status, before any confirmation.</param>
/// <param name="Latency">Milliseconds.</param>
/// <param name="Type">REALTIME, TIMEOUT or ERROR.</param>
/// <param name="Message">What went wrong; null where nothing did.</param>
internal sealed record Verdict(MonitorStatus Status, double Latency, string Type, string? Message)
{
    private const int LongestMessage = 500;

    /// <summary>There was an answer, and it says this.</summary>
    public static Verdict Seen(MonitorStatus status, double latency, string? message = null) => new(status, latency, "REALTIME", message);

    /// <summary>There was none in time.</summary>
    public static Verdict TimedOut(double latency) => new(MonitorStatus.Down, latency, "TIMEOUT", "Request timed out");

    /// <summary>There was none.</summary>
    public static Verdict Failed(MonitorStatus status, double latency, string message) => new(status, latency, "ERROR", message);

    /// <summary>As it is reported: with no text that the gateway refuses.</summary>
    public CheckResult For(long monitorId, long minute) => new(monitorId, minute, Status.ToWord(), Latency, Type, Message is null ? null : Reportable(Message));

    /// <summary>Cut, and without control characters and halves of surrogate pairs; the cut may leave such a half, too.</summary>
    private static string Reportable(string message)
    {
        var text = new StringBuilder(message, 0, Math.Min(message.Length, LongestMessage), LongestMessage);
        for (var i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])) i++;
            else if (char.IsSurrogate(text[i]) || char.IsControl(text[i])) text[i] = '\uFFFD';
        }
        return text.ToString();
    }
}

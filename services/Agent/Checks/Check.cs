using System.Text;
using System.Text.Json;
using Kener.Contracts;

namespace Kener.Agent.Checks;

/// <summary>Runs a check and returns its verdict. An exception counts as DOWN.</summary>
internal delegate Task<CheckOutcome> Check(CancellationToken cancel);

/// <summary>A monitor type: prepares checks from <c>type_data</c>. Throws <see cref="FieldException"/> if that is invalid.</summary>
internal sealed record CheckType(string Name, Func<JsonElement, Check> Prepare);

/// <summary>The agent does not know the monitor's type.</summary>
internal sealed class UnknownTypeException(string type) : Exception($"Unknown type {type}");

/// <summary>The verdict of a check (Behavior: CHK-6).</summary>
/// <param name="Status">The status before confirmation.</param>
/// <param name="Latency">Latency in milliseconds.</param>
/// <param name="Type">REALTIME, TIMEOUT or ERROR.</param>
/// <param name="Message">The reason of a failure; null if there was none.</param>
internal sealed record CheckOutcome(MonitorStatus Status, double Latency, string Type, string? Message)
{
    private const int LongestMessage = 500;

    /// <summary>Creates the verdict of an answer (REALTIME).</summary>
    public static CheckOutcome Seen(MonitorStatus status, double latency, string? message = null) => new(status, latency, "REALTIME", message);

    /// <summary>Creates the verdict when no answer came in time (TIMEOUT).</summary>
    public static CheckOutcome TimedOut(double latency) => new(MonitorStatus.Down, latency, "TIMEOUT", "Request timed out");

    /// <summary>Creates the verdict when there was no valid answer for another reason (ERROR).</summary>
    public static CheckOutcome Failed(MonitorStatus status, double latency, string message) => new(status, latency, "ERROR", message);

    /// <summary>Returns the result as it is reported, with a message that the gateway accepts.</summary>
    public CheckResult For(long monitorId, long minute) => new(monitorId, minute, Status.ToWord(), Latency, Type, Message is null ? null : Reportable(Message));

    /// <summary>Truncates the message and replaces control characters and unpaired surrogates, also one that results from truncation.</summary>
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

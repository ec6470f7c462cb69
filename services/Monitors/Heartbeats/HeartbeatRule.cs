using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kener.Contracts;
using Kener.Monitors.Monitors;
using Kener.Monitors.Results;

namespace Kener.Monitors.Heartbeats;

/// <summary>Judges a HEARTBEAT monitor by the time since its last ping (Behavior: HBT-1).</summary>
internal sealed record HeartbeatRule(double DegradedMinutes, double DownMinutes, string? Secret)
{
    public static HeartbeatRule Of(string? typeData)
    {
        var data = MonitorFields.Parse(typeData ?? "{}");
        return new HeartbeatRule(HeartbeatType.DegradedRemainingMinutes.ReadOrDefault(data), HeartbeatType.DownRemainingMinutes.ReadOrDefault(data),
            HeartbeatType.SecretString.ReadOrDefault(data) is { Length: > 0 } secret ? secret : null);
    }

    /// <summary>Returns the type data, with a generated secret if it has none (Behavior: HBT-4).</summary>
    public static string? WithSecret(string? typeData)
    {
        if (Of(typeData).Secret is not null) return typeData;
        var made = JsonSerializer.SerializeToElement(new Dictionary<string, string> { [HeartbeatType.SecretString.Name] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) });
        return MonitorFields.Merged(typeData, made, "type_data");
    }

    /// <summary>Whether this is the secret, compared in constant time; false if there is no secret.</summary>
    public bool Opens(string secret) =>
        CryptographicOperations.FixedTimeEquals(Hash(secret), Hash(Secret ?? "")) && Secret is not null;

    /// <summary>
    /// Judges the minute by the age of the last ping at its first second, 0 for a ping within the minute, so that all replicas get the same result.
    /// Only time in which the service was <paramref name="awake"/> counts, since no ping could be stored at other times.
    /// </summary>
    public Observation Judge(long monitor, long minute, long? lastBeat, IReadOnlyList<AwakeSpan> awake)
    {
        if (lastBeat is not { } beat) return new Observation(monitor, minute, MonitorStatus.NoData, 0, ResultType.Realtime, null);
        var age = Math.Max(0, minute - beat);
        var silent = AwakeSpan.Unheard(awake, beat, minute);
        var status = silent > DownMinutes * 60 ? MonitorStatus.Down : silent > DegradedMinutes * 60 ? MonitorStatus.Degraded : MonitorStatus.Up;
        var message = status == MonitorStatus.Up ? null : $"No heartbeat for {age / 60} minutes";
        return new Observation(monitor, minute, status, Math.Min(age * 1000d, 1e9), ResultType.Realtime, message);
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}

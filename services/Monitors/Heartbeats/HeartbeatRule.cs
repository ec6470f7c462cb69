using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kener.Contracts;

namespace Kener.Monitors;

/// <summary>What a HEARTBEAT monitor makes of the time since its last beat (Behavior: HBT-1).</summary>
internal sealed record HeartbeatRule(double DegradedMinutes, double DownMinutes, string? Secret)
{
    public static HeartbeatRule Of(string? typeData)
    {
        var data = MonitorFields.Parse(typeData ?? "{}");
        return new HeartbeatRule(HeartbeatType.DegradedRemainingMinutes.ReadOrDefault(data), HeartbeatType.DownRemainingMinutes.ReadOrDefault(data),
            HeartbeatType.SecretString.ReadOrDefault(data) is { Length: > 0 } secret ? secret : null);
    }

    /// <summary>The type data with a secret of its own where it has none: nobody should have to think of one.</summary>
    public static string? WithSecret(string? typeData)
    {
        if (Of(typeData).Secret is not null) return typeData;
        var made = JsonSerializer.SerializeToElement(new Dictionary<string, string> { [HeartbeatType.SecretString.Name] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) });
        return MonitorFields.Merged(typeData, made, "type_data");
    }

    /// <summary>Whether that is the secret; how long it takes tells nothing.</summary>
    public bool Opens(string secret) =>
        CryptographicOperations.FixedTimeEquals(Hash(secret), Hash(Secret ?? "")) && Secret is not null;

    /// <summary>
    /// What the minute is: by the age of the last beat at its first second, a beat within the minute making it young. So two replicas
    /// say the same. Time in which the service was <paramref name="awake"/> counts, other time does not: nothing could call then.
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

using Microsoft.Extensions.Options;

namespace Kener.Gateway.Limits;

/// <summary>How much the gateway takes, below <c>Kener:Limits</c>.</summary>
internal sealed class LimitSettings
{
    /// <summary>Requests a second that a key may make in the long run.</summary>
    public double RequestsPerSecond { get; set; } = 200;

    /// <summary>Requests that a key may make at once after a rest.</summary>
    public double Burst { get; set; } = 1_000;

    /// <summary>Requests a second that agents of one key may make to report and to ask for work: the key may be that of a hundred agents.</summary>
    public double AgentRequestsPerSecond { get; set; } = 2_000;

    /// <summary>As many at once after a rest.</summary>
    public double AgentBurst { get; set; } = 10_000;

    /// <summary>Heartbeats a second from one address, good or bad; as many at once after a rest.</summary>
    public double BeatsPerSecond { get; set; } = 100;

    /// <summary>Failed authentications a second that an address may make before it is answered 429; as many at once after a rest.</summary>
    public double FailuresPerSecond { get; set; } = 20;

    /// <summary>Requests a second from one address, without a key, that the gateway cannot answer from memory, in the long run.</summary>
    public double AnonymousRequestsPerSecond { get; set; } = 50;

    /// <summary>Such requests that one address may make at once after a rest.</summary>
    public double AnonymousBurst { get; set; } = 200;

    /// <summary>Readers at one address that may wait for changes of pages at once; further ones look from time to time.</summary>
    public int LiveReadersPerAddress { get; set; } = 200;

    /// <summary>Readers that may wait for changes of pages at once; who comes after them asks from time to time.</summary>
    public int LiveReaders { get; set; } = 20_000;
}

internal sealed class LimitSettingsRules : IValidateOptions<LimitSettings>
{
    public ValidateOptionsResult Validate(string? name, LimitSettings settings)
    {
        List<string> faults = [];
        Check("RequestsPerSecond", settings.RequestsPerSecond);
        Check("Burst", settings.Burst);
        Check("AgentRequestsPerSecond", settings.AgentRequestsPerSecond);
        Check("AgentBurst", settings.AgentBurst);
        Check("BeatsPerSecond", settings.BeatsPerSecond);
        Check("FailuresPerSecond", settings.FailuresPerSecond);
        Check("AnonymousRequestsPerSecond", settings.AnonymousRequestsPerSecond);
        Check("AnonymousBurst", settings.AnonymousBurst);
        Check("LiveReadersPerAddress", settings.LiveReadersPerAddress);
        Check("LiveReaders", settings.LiveReaders);
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Check(string setting, double value)
        {
            if (value is not (>= 1 and <= 1_000_000)) faults.Add($"Kener__Limits__{setting} is {value}: give a number from 1 to 1000000");
        }
    }
}

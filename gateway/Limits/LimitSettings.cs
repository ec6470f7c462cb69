using Microsoft.Extensions.Options;

namespace Kener.Gateway.Limits;

/// <summary>The limits of the gateway, in the configuration section <c>Kener:Limits</c>.</summary>
internal sealed class LimitSettings
{
    /// <summary>Requests per second that a key may make on average.</summary>
    public double RequestsPerSecond { get; set; } = 200;

    /// <summary>Requests that a key may make at once after a pause.</summary>
    public double Burst { get; set; } = 1_000;

    /// <summary>
    /// Requests per second that the agents of one key may make to report results and to request work. A hundred agents may share the key.
    /// </summary>
    public double AgentRequestsPerSecond { get; set; } = 2_000;

    /// <summary>Requests that the agents of one key may make at once after a pause.</summary>
    public double AgentBurst { get; set; } = 10_000;

    /// <summary>Heartbeats per second from one address, valid or not; also how many it may send at once after a pause.</summary>
    public double BeatsPerSecond { get; set; } = 100;

    /// <summary>
    /// Failed authentications per second that an address may make before it is answered 429; also how many it may make at once after a pause.
    /// </summary>
    public double FailuresPerSecond { get; set; } = 20;

    /// <summary>Requests per second without a key that one address may make on average, if the gateway cannot answer them from memory.</summary>
    public double AnonymousRequestsPerSecond { get; set; } = 50;

    /// <summary>Such requests that one address may make at once after a pause.</summary>
    public double AnonymousBurst { get; set; } = 200;

    /// <summary>Readers at one address that may wait for page changes at the same time; further ones are refused and poll instead.</summary>
    public int LiveReadersPerAddress { get; set; } = 200;

    /// <summary>Readers that may wait for page changes at the same time; further ones are refused and poll instead.</summary>
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

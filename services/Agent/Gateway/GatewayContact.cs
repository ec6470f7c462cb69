namespace Kener.Agent.Gateway;

/// <summary>Logs when the gateway becomes unavailable and when it is available again: once each, not for every attempt.</summary>
internal sealed class GatewayContact(TimeProvider clock, ILogger<GatewayContact> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly Lock _telling = new();
    private long? _awaySince;
    private bool _isTold;

    public void Answered()
    {
        lock (_telling)
        {
            if (_isTold) log.LogInformation("The gateway is available again");
            (_awaySince, _isTold) = (null, false);
        }
    }

    public void Failed(string reason, bool isForGood)
    {
        lock (_telling)
        {
            _awaySince ??= clock.GetTimestamp();
            if (_isTold || (!isForGood && clock.GetElapsedTime(_awaySince.Value) < Patience)) return;
            _isTold = true;
            if (isForGood) log.LogError("The gateway rejects the agent's key ({Reason}). Set Kener__AgentKey to an API key with the permission agents.report", reason);
            else log.LogWarning("The gateway is unavailable: {Reason}. The agent continues with its last assignment and buffers the results. Check Kener__Agent__Url if this persists", reason);
        }
    }
}

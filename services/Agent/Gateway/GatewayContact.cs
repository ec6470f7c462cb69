namespace Kener.Agent.Gateway;

/// <summary>Tells the operator when the gateway stays away, and when it is back: once each, however often it is tried.</summary>
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
            if (_isTold) log.LogInformation("The gateway is back");
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
            if (isForGood) log.LogError("The gateway does not take the agent's key ({Reason}): Kener__AgentKey must be a key with the permission agents.report", reason);
            else log.LogWarning("The gateway can not be reached: {Reason}. The agent goes on with the monitors it knows, and keeps the results", reason);
        }
    }
}

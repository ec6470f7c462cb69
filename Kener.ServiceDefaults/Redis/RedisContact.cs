using Microsoft.Extensions.Logging;

namespace Kener.ServiceDefaults;

/// <summary>Logs when Redis stops to answer and when it answers again, instead of each try between.</summary>
internal sealed class RedisContact(ILogger log)
{
    private bool _isLost;

    public void Failed(Exception fault)
    {
        if (_isLost) log.LogDebug("Redis does not answer: {Reason}", fault.Message);
        else log.LogWarning("Redis does not answer; snapshots travel over HTTP meanwhile: {Reason}", fault.Message);
        _isLost = true;
    }

    public void Succeeded()
    {
        if (_isLost) log.LogInformation("Redis answers again");
        _isLost = false;
    }
}

using Microsoft.Extensions.Logging;

namespace Kener.ServiceDefaults.Redis;

/// <summary>Logs when Redis becomes unreachable and when it is back, instead of every failed attempt.</summary>
internal sealed class RedisContact(ILogger log)
{
    private bool _isLost;

    public void Failed(Exception fault)
    {
        if (_isLost) log.LogDebug("Redis is unreachable: {Reason}", fault.Message);
        else log.LogWarning("Redis is unreachable: {Reason}. Snapshots travel over HTTP meanwhile. Check ConnectionStrings__cache", fault.Message);
        _isLost = true;
    }

    public void Succeeded()
    {
        if (_isLost) log.LogInformation("Redis is reachable again");
        _isLost = false;
    }
}

namespace Kener.Contracts;

/// <summary>The message of a page, from the effective statuses of its active, visible monitors (Behavior: PAG-1).</summary>
public static class PageMessage
{
    /// <summary>Returns one of the seven messages. Shares are of all monitors that have a status; "at least 75 %" includes exactly 75 %.</summary>
    public static string Of(int up, int down, int degraded, int maintenance)
    {
        var total = (long)up + down + degraded + maintenance;
        if (total == 0) return "No Status Available";
        if (down > 0) return down * 4L >= total * 3 ? "Major System Outage" : "Partial System Outage";
        if (degraded > 0) return degraded * 4L >= total * 3 ? "Degraded Performance" : "Partial Degraded Performance";
        return maintenance > 0 ? "Under Maintenance" : "All Systems Operational";
    }

    /// <summary>Returns the message for these statuses, which may be in any order.</summary>
    public static string Of(IEnumerable<MonitorStatus> statuses)
    {
        int up = 0, down = 0, degraded = 0, maintenance = 0;
        foreach (var status in statuses)
        {
            if (status == MonitorStatus.Up) up++;
            else if (status == MonitorStatus.Down) down++;
            else if (status == MonitorStatus.Degraded) degraded++;
            else if (status == MonitorStatus.Maintenance) maintenance++;
        }
        return Of(up, down, degraded, maintenance);
    }
}

namespace Kener.Contracts;

/// <summary>PING: sends ICMP echo requests to hosts.</summary>
public static class PingType
{
    /// <summary>The descriptor.</summary>
    public static MonitorType Descriptor { get; } = new(
        "PING", CheckedBy.Agents,
        [
            new ObjectsField("hosts", HostFields.HostType, HostFields.Host, HostFields.Timeout(1_000), new WholeField("count", 3, 1, 100)) { IsRequired = true, Most = 100 },
            new TextField("pingEval"),
        ],
        """{ "hosts": [{ "type": "DOMAIN", "host": "example.com", "timeout": 1000, "count": 3 }] }""");
}

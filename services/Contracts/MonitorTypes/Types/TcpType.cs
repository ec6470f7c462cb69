namespace Kener.Contracts;

/// <summary>TCP: ports that accept connections.</summary>
public static class TcpType
{
    /// <summary>The type.</summary>
    public static MonitorType Descriptor { get; } = new(
        "TCP", CheckedBy.Agents,
        [
            new ObjectsField("hosts", HostFields.HostType, HostFields.Host, HostFields.Port(80), HostFields.Timeout(1_000)) { IsRequired = true, Most = 100 },
            new TextField("tcpEval"),
        ],
        """{ "hosts": [{ "type": "DOMAIN", "host": "example.com", "port": 443, "timeout": 1000 }] }""");
}

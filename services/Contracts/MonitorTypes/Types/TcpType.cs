namespace Kener.Contracts;

/// <summary>TCP: connects to ports.</summary>
public static class TcpType
{
    /// <summary>The descriptor.</summary>
    public static MonitorType Descriptor { get; } = new(
        "TCP", CheckedBy.Agents,
        [
            new ObjectsField("hosts", HostFields.HostType, HostFields.Host, HostFields.Port(80), HostFields.Timeout(1_000)) { IsRequired = true, Most = 100 },
            new TextField("tcpEval"),
        ],
        """{ "hosts": [{ "type": "DOMAIN", "host": "example.com", "port": 443, "timeout": 1000 }] }""");
}

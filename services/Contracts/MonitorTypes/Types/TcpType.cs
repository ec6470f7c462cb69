namespace Kener.Contracts;

/// <summary>TCP: opens connections to ports.</summary>
public static class TcpType
{
#pragma warning disable CS1591 // Each field is named as in JSON.
    public static ChoiceField HostType { get; } = HostFields.HostType;
    public static TextField Host { get; } = HostFields.Host;
    public static WholeField Port { get; } = HostFields.Port(80);
    public static WholeField Timeout { get; } = HostFields.Timeout(1_000);
    public static ObjectsField Hosts { get; } = new("hosts", HostType, Host, Port, Timeout) { IsRequired = true, Most = 100 };
#pragma warning restore CS1591

    /// <summary>The descriptor.</summary>
    public static MonitorType Descriptor { get; } = new(
        "TCP", CheckedBy.Agents, [Hosts, new TextField("tcpEval")], """{ "hosts": [{ "type": "DOMAIN", "host": "example.com", "port": 443, "timeout": 1000 }] }""");
}

namespace Kener.Contracts;

/// <summary>GRPC: a service that answers the standard health check.</summary>
public static class GrpcType
{
    /// <summary>The type.</summary>
    public static MonitorType Descriptor { get; } = new(
        "GRPC", CheckedBy.Agents,
        [HostFields.Host, HostFields.Port(50_051), new TextField("service"), new FlagField("tls", false), new FlagField("insecure", false), HostFields.Timeout(10_000)],
        """{ "host": "example.com", "port": 50051, "service": "shop.Orders", "tls": true, "insecure": false, "timeout": 10000 }""");
}

namespace Kener.Contracts;

/// <summary>GRPC: calls the standard health check of a gRPC service.</summary>
public static class GrpcType
{
    /// <summary>The descriptor.</summary>
    public static MonitorType Descriptor { get; } = new(
        "GRPC", CheckedBy.Agents,
        [HostFields.Host, HostFields.Port(50_051), new TextField("service"), new FlagField("tls", false), new FlagField("insecure", false), HostFields.Timeout(10_000)],
        """{ "host": "example.com", "port": 50051, "service": "shop.Orders", "tls": true, "insecure": false, "timeout": 10000 }""");
}

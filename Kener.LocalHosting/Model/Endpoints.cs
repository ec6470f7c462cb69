namespace Aspire.Hosting.ApplicationModel;

/// <summary>Where a resource listens.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    /// <summary>Its name; "http" unless said otherwise.</summary>
    public string Name { get; set; } = "http";

    /// <summary>The scheme of its address.</summary>
    public string UriScheme { get; set; } = "http";

    /// <summary>The host to listen at; the loopback address unless said otherwise.</summary>
    public string TargetHost { get; set; } = "127.0.0.1";

    /// <summary>The port; null for a free one.</summary>
    public int? Port { get; set; }

    /// <summary>Whether others than the application's own parts come here.</summary>
    public bool IsExternal { get; set; }

    /// <summary>The addresses, one for each replica; known once the application is built.</summary>
    internal IReadOnlyList<string> Urls { get; set; } = [];
}

/// <summary>Says: the address that this endpoint will have.</summary>
public sealed class EndpointReference
{
    private readonly EndpointAnnotation _endpoint;

    internal EndpointReference(EndpointAnnotation endpoint) => _endpoint = endpoint;

    /// <summary>The endpoint's name.</summary>
    public string EndpointName => _endpoint.Name;

    /// <summary>Whether its address is known yet.</summary>
    public bool IsAllocated => _endpoint.Urls.Count > 0;

    /// <summary>The address, of the first replica if there are several.</summary>
    public string Url => IsAllocated ? _endpoint.Urls[0] : throw new DistributedApplicationException($"The endpoint '{EndpointName}' has no address yet");
}

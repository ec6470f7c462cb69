namespace Kener.Outbound;

/// <summary>What a user wants sent.</summary>
public sealed record OutboundRequest(Uri Url)
{
    /// <summary>HTTP's method, in upper case.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>Besides User-Agent <c>Kener/version</c> and Accept <c>*/*</c>, which they may replace.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Sent with any method; null or empty: none.</summary>
    public byte[]? Body { get; init; }

    /// <summary>For all of it: name, connection, redirects, the answer's last byte that is read.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many redirects are followed; one more is a fault. With 0 a redirect is the answer.</summary>
    public int MaxRedirects { get; init; } = 5;

    /// <summary>Whether any certificate will do, not only those that this machine trusts.</summary>
    public bool AcceptsAnyCertificate { get; init; }

    /// <summary>So much of the body is read, decoded, and no more.</summary>
    public int MaxBody { get; init; } = 1 << 20;

    /// <summary>Whether what was read of the body is wanted, or only its arrival.</summary>
    public bool KeepsBody { get; init; }
}

/// <summary>What the other side answered in the end.</summary>
/// <param name="Status">HTTP's status.</param>
/// <param name="Body">The body, decoded; empty unless it was wanted.</param>
/// <param name="IsWhole">Whether the body ended within the limit.</param>
public sealed record OutboundAnswer(int Status, ReadOnlyMemory<byte> Body, bool IsWhole);

namespace Kener.Outbound.Requests;

/// <summary>A request on behalf of a user.</summary>
public sealed record OutboundRequest(Uri Url)
{
    /// <summary>The HTTP method, in upper case.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>Headers in addition to User-Agent <c>Kener/version</c> and Accept <c>*/*</c>, which they may replace.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The body, sent with any method; null or empty for none.</summary>
    public byte[]? Body { get; init; }

    /// <summary>The time limit for everything: name resolution, connection, redirects, and reading the answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Maximum number of redirects; one more is a fault. With 0, a redirect is the answer.</summary>
    public int MaxRedirects { get; init; } = 5;

    /// <summary>Whether any certificate is accepted, not only those that this machine trusts.</summary>
    public bool AcceptsAnyCertificate { get; init; }

    /// <summary>Maximum number of bytes to read from the decoded body.</summary>
    public int MaxBody { get; init; } = 1 << 20;

    /// <summary>Whether the body is returned; otherwise it is read and discarded.</summary>
    public bool KeepsBody { get; init; }
}

/// <summary>The answer, after redirects.</summary>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Body">The decoded body, up to the limit; empty unless <see cref="OutboundRequest.KeepsBody"/> was set.</param>
/// <param name="IsWhole">Whether the body ended within the limit.</param>
public sealed record OutboundAnswer(int Status, ReadOnlyMemory<byte> Body, bool IsWhole);

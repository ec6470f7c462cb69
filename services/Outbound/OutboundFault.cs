namespace Kener.Outbound;

/// <summary>Why a request has no answer.</summary>
public enum OutboundFaultKind
{
    /// <summary>The request must not or cannot be sent: the address is not allowed, or a header would break the request.</summary>
    Refused,
    /// <summary>No complete answer arrived in time.</summary>
    Timeout,
    /// <summary>The name does not resolve, the connection was refused, or it broke.</summary>
    Unreachable,
    /// <summary>The certificate or the TLS of the other side is not trusted.</summary>
    Tls,
    /// <summary>The answer is invalid: not HTTP, too many headers, or too many redirects.</summary>
    Answer,
}

/// <summary>
/// A request has no answer. The message may be shown: it contains nothing that was sent or received.
/// </summary>
public sealed class OutboundFault(OutboundFaultKind kind, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The kind of failure.</summary>
    public OutboundFaultKind Kind => kind;
}

namespace Kener.Outbound;

/// <summary>Why there is no answer.</summary>
public enum OutboundFaultKind
{
    /// <summary>What was asked for may not or can not be sent: an address that is not allowed, a header that would break the request.</summary>
    Refused,
    /// <summary>No whole answer within the time.</summary>
    Timeout,
    /// <summary>The name is not known, nobody listens, or the connection broke.</summary>
    Unreachable,
    /// <summary>The other side's certificate, or its TLS, is not to be trusted.</summary>
    Tls,
    /// <summary>What came is no answer: not HTTP, too many headers, or redirects without an end.</summary>
    Answer,
}

/// <summary>
/// There is no answer, and why. The message is fit to be shown: it holds nothing that was sent, and nothing that the other side sent.
/// </summary>
public sealed class OutboundFault(OutboundFaultKind kind, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>What sort of failure.</summary>
    public OutboundFaultKind Kind => kind;
}

using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Kener.Outbound;

/// <summary>Describes failures in Kener's own texts: the messages of libraries may repeat what was sent or received.</summary>
internal static class Faults
{
    private const string NoTls = "There is no secure connection: the other side does not speak TLS as it should";

    public static OutboundFault Of(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case OutboundFault known: return known;
                case AuthenticationException: return new(OutboundFaultKind.Tls, NoTls, fault);
                case SocketException socket: return new(OutboundFaultKind.Unreachable, Socket(socket.SocketErrorCode), fault);
            }
        }
        return fault switch
        {
            HttpRequestException http => Http(http.HttpRequestError, fault),
            HttpIOException http => Http(http.HttpRequestError, fault),
            InvalidDataException => new(OutboundFaultKind.Answer, "The answer's body is not compressed as it says", fault),
            IOException => Http(HttpRequestError.Unknown, fault),
            // Only the exception's type: its message may repeat what was sent.
            _ => new(OutboundFaultKind.Answer, $"The request or its answer cannot be processed ({fault.GetType().Name})", fault),
        };
    }

    private static OutboundFault Http(HttpRequestError error, Exception fault) => error switch
    {
        HttpRequestError.SecureConnectionError => new(OutboundFaultKind.Tls, NoTls, fault),
        HttpRequestError.InvalidResponse => new(OutboundFaultKind.Answer, "The answer is not HTTP", fault),
        HttpRequestError.ConfigurationLimitExceeded => new(OutboundFaultKind.Answer, "The answer's headers are too large", fault),
        HttpRequestError.ResponseEnded => new(OutboundFaultKind.Unreachable, "The connection ended before the answer did", fault),
        _ => new(OutboundFaultKind.Unreachable, "The connection broke", fault),
    };

    private static string Socket(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "Connection refused",
        SocketError.ConnectionReset => "Connection reset",
        SocketError.TimedOut => "The connection timed out",
        SocketError.HostUnreachable => "The host is unreachable",
        SocketError.NetworkUnreachable => "The network is unreachable",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "The name cannot be resolved",
        _ => $"The connection failed: {error}",
    };

    /// <summary>Describes what is wrong with a certificate.</summary>
    public static OutboundFault Certificate(SslPolicyErrors errors, X509Chain? chain)
    {
        var faults = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status) ?? X509ChainStatusFlags.NoError;
        return new OutboundFault(OutboundFaultKind.Tls, errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) ? "The other side shows no certificate"
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? "The certificate is for another name"
            : faults.HasFlag(X509ChainStatusFlags.NotTimeValid) ? "The certificate is expired or not valid yet"
            : (faults & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0
                ? "The certificate is not trusted: self-signed, or its issuer is not known here"
            : "The certificate is not trusted");
    }
}

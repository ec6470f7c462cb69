using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Kener.Outbound.Addresses;
using Kener.Outbound.Requests;
using Microsoft.Extensions.Options;

namespace Kener.Outbound;

/// <summary>
/// Sends every request, and opens every connection, to an address that a user gave. Each connection is new, and its address is judged as it opens,
/// also after each redirect. Time, headers, body and redirects are limited, so that no server can block the process or exhaust its memory. No proxy
/// of the environment and no cookies are used.
/// </summary>
public sealed class OutboundDoor : IDisposable
{
    private const int LongestHeadersKiB = 64;
    private static readonly HttpRequestOptionsKey<CancellationToken> Deadline = new("Kener.Deadline");
    private readonly SystemNames _names = new();
    private readonly Dictionary<(OutboundPolicy, bool), HttpMessageInvoker> _clients = [];
    private readonly Connector _connector;
    private readonly TimeProvider _clock;

    /// <summary>Uses the system's resolver unless <paramref name="lookup"/> is given.</summary>
    public OutboundDoor(IOptions<OutboundSettings> settings, TimeProvider clock, NameLookup? lookup = null)
    {
        _clock = clock;
        var rules = new AddressRules(OutboundSettings.Parse(settings.Value.Deny, out _), OutboundSettings.Parse(settings.Value.AllowFetch, out _));
        _connector = new Connector(rules, lookup ?? _names.LookUpAsync, clock);
        foreach (var policy in Enum.GetValues<OutboundPolicy>())
            foreach (var any in (bool[])[false, true]) _clients[(policy, any)] = new HttpMessageInvoker(Handler(_connector, policy, any));
    }

    /// <summary>Sends the request and reads the answer. Throws <see cref="OutboundFault"/> if there is none.</summary>
    public async Task<OutboundAnswer> SendAsync(OutboundRequest request, OutboundPolicy policy, CancellationToken cancel)
    {
        if (request.Url is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            throw new OutboundFault(OutboundFaultKind.Refused, "The address is no http or https address");
        foreach (var (name, value) in request.Headers)
            if (RequestHeaders.Fault(name, value) is { } fault) throw new OutboundFault(OutboundFaultKind.Refused, fault);

        return await WithinAsync(request.Timeout, "Request timed out", both => FollowAsync(request, policy, both), cancel);
    }

    /// <summary>
    /// Opens a connection to the host, using only its addresses of the given family if there is one. Throws <see cref="OutboundFault"/> if no
    /// connection is open within the timeout, which includes name resolution.
    /// </summary>
    public Task<Stream> ConnectAsync(DnsEndPoint target, TimeSpan timeout, OutboundPolicy policy, CancellationToken cancel) =>
        WithinAsync(timeout, "The connection timed out", both => _connector.ConnectAsync(target, policy, both).AsTask(), cancel);

    private async Task<T> WithinAsync<T>(TimeSpan timeout, string late, Func<CancellationToken, Task<T>> act, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(timeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            return await act(both.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new OutboundFault(OutboundFaultKind.Timeout, late);
        }
        catch (Exception fault) when (fault is not OutboundFault && !cancel.IsCancellationRequested)
        {
            // Any exception: odd addresses, headers and answers have made the libraries throw types that they do not document.
            throw patience.IsCancellationRequested ? new OutboundFault(OutboundFaultKind.Timeout, late) : Faults.Of(fault);
        }
    }

    private async Task<OutboundAnswer> FollowAsync(OutboundRequest request, OutboundPolicy policy, CancellationToken cancel)
    {
        var (url, method, body, isFirstHost, isBodyDropped) = (request.Url, request.Method, request.Body, true, false);
        for (var followed = 0; ; followed++)
        {
            using var message = new HttpRequestMessage(new HttpMethod(method), url);
            if (body is { Length: > 0 }) message.Content = new ByteArrayContent(body);
            message.Headers.ConnectionClose = true;
            message.Options.Set(Deadline, cancel);
            RequestHeaders.Write(message, request, isFirstHost, isBodyDropped);
            using var answer = await _clients[(policy, request.AcceptsAnyCertificate)].SendAsync(message, cancel);
            if (request.MaxRedirects == 0 || Redirects.Next(answer, url, policy) is not { } next)
            {
                var (kept, whole) = await BoundedBody.ReadAsync(answer.Content, request.MaxBody, request.KeepsBody, cancel);
                return new OutboundAnswer((int)answer.StatusCode, kept, whole);
            }
            if (followed == request.MaxRedirects)
                throw new OutboundFault(OutboundFaultKind.Answer, $"More than {request.MaxRedirects} redirects");
            // Stays false after a redirect back to the first host: the other host may have chosen the path.
            isFirstHost &= Redirects.IsSameHost(url, next);
            var nextMethod = Redirects.Method((int)answer.StatusCode, method);
            if (nextMethod != method) (body, isBodyDropped) = (null, true);
            if (body is { Length: > 0 } && !isFirstHost)
                throw new OutboundFault(OutboundFaultKind.Refused, "The answer redirects the body to another host");
            (url, method) = (next, nextMethod);
        }
    }

    private static SocketsHttpHandler Handler(Connector connector, OutboundPolicy policy, bool acceptsAny) => new()
    {
        ConnectCallback = async (context, cancel) =>
        {
            // Also cancels a connection attempt for which no request is waiting any more.
            using var both = context.InitialRequestMessage.Options.TryGetValue(Deadline, out var deadline)
                ? CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline) : null;
            return await connector.ConnectAsync(context.DnsEndPoint, policy, both?.Token ?? cancel);
        },
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = LongestHeadersKiB,
        MaxResponseDrainSize = 0,
        PooledConnectionLifetime = TimeSpan.Zero,
        // Sends no trace headers: the target must not learn how Kener itself is monitored.
        ActivityHeadersPropagator = null,
        SslOptions = new SslClientAuthenticationOptions
        {
            AllowTlsResume = false,
            // A certificate contains URLs of its issuers and revocation lists, which would be fetched without the address rules.
            CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck },
            RemoteCertificateValidationCallback = (_, _, chain, errors) =>
                acceptsAny || errors == SslPolicyErrors.None ? true : throw Faults.Certificate(errors, chain),
        },
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var client in _clients.Values) client.Dispose();
        _names.Dispose();
    }
}

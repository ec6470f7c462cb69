using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Options;

namespace Kener.Outbound;

/// <summary>
/// The one door for requests to addresses that a user gave. Every connection is a new one, and judged as it opens, after each redirect too;
/// time, headers, body and redirects have bounds, so that no server can hold or fill the process. No proxy of the environment, no cookies.
/// </summary>
public sealed class OutboundDoor : IDisposable
{
    private const int LongestHeadersKiB = 64;
    private static readonly HttpRequestOptionsKey<CancellationToken> Deadline = new("Kener.Deadline");
    private readonly SystemNames _names = new();
    private readonly Dictionary<(OutboundPolicy, bool), HttpMessageInvoker> _clients = [];
    private readonly TimeProvider _clock;

    /// <summary>With the system's resolver, unless another is given.</summary>
    public OutboundDoor(IOptions<OutboundSettings> settings, TimeProvider clock, NameLookup? lookup = null)
    {
        _clock = clock;
        var rules = new AddressRules(OutboundSettings.Parse(settings.Value.Deny, out _), OutboundSettings.Parse(settings.Value.AllowFetch, out _));
        var connector = new Connector(rules, lookup ?? _names.LookUpAsync, clock);
        foreach (var policy in Enum.GetValues<OutboundPolicy>())
            foreach (var any in (bool[])[false, true]) _clients[(policy, any)] = new HttpMessageInvoker(Handler(connector, policy, any));
    }

    /// <summary>Sends it and reads the answer. Throws <see cref="OutboundFault"/> where there is none.</summary>
    public async Task<OutboundAnswer> SendAsync(OutboundRequest request, OutboundPolicy policy, CancellationToken cancel)
    {
        if (request.Url is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            throw new OutboundFault(OutboundFaultKind.Refused, "The address is no http or https address");
        foreach (var (name, value) in request.Headers)
            if (RequestHeaders.Fault(name, value) is { } fault) throw new OutboundFault(OutboundFaultKind.Refused, fault);

        using var patience = new CancellationTokenSource(request.Timeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            return await FollowAsync(request, policy, both.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new OutboundFault(OutboundFaultKind.Timeout, "Request timed out");
        }
        catch (Exception fault) when (fault is not OutboundFault && !cancel.IsCancellationRequested)
        {
            // Of any kind: addresses, headers and answers have made the libraries throw what they do not document.
            throw patience.IsCancellationRequested ? new OutboundFault(OutboundFaultKind.Timeout, "Request timed out") : Faults.Of(fault);
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
            // Once away, a way back is no way home: who sent us here may have chosen the path.
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
            // A connection that nobody waits for any more is given up, too.
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
        // A target is told nothing of how Kener is watched itself.
        ActivityHeadersPropagator = null,
        SslOptions = new SslClientAuthenticationOptions
        {
            AllowTlsResume = false,
            // A certificate names addresses of its issuers, and of lists of revoked ones: they would be fetched around this door.
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

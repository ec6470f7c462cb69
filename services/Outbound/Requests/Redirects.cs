using Kener.Outbound.Addresses;

namespace Kener.Outbound.Requests;

/// <summary>The rules for following redirects.</summary>
internal static class Redirects
{
    /// <summary>
    /// Returns the address to request next; null if the answer is no redirect. Throws <see cref="OutboundFault"/> for a scheme other than http and
    /// https, and for a redirect from https to http if the policy forbids it.
    /// </summary>
    public static Uri? Next(HttpResponseMessage answer, Uri from, OutboundPolicy policy)
    {
        if ((int)answer.StatusCode is not (301 or 302 or 303 or 307 or 308) || !answer.Headers.TryGetValues("Location", out var locations)) return null;
        if (!Uri.TryCreate(from, locations.First(), out var to) || to.Scheme is not ("http" or "https"))
            throw new OutboundFault(OutboundFaultKind.Answer, "The answer redirects to what is no http or https address");
        if (policy == OutboundPolicy.Fetch && from.Scheme == "https" && to.Scheme == "http")
            throw new OutboundFault(OutboundFaultKind.Refused, "The answer redirects from https to http");
        return to;
    }

    /// <summary>Returns the method to use after a redirect, as clients do: GET after 303, and after 301 and 302 to a POST.</summary>
    public static string Method(int status, string method) => status switch
    {
        303 when method != "HEAD" => "GET",
        301 or 302 when method == "POST" => "GET",
        _ => method,
    };

    /// <summary>Whether secrets for the first address may be sent to the next: same host and port, or https (443) in place of http (80).</summary>
    public static bool IsSameHost(Uri first, Uri next) =>
        string.Equals(first.IdnHost, next.IdnHost, StringComparison.OrdinalIgnoreCase)
        && ((first.Scheme == next.Scheme && first.Port == next.Port) || (first is { Scheme: "http", Port: 80 } && next is { Scheme: "https", Port: 443 }));
}

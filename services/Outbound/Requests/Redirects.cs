namespace Kener.Outbound;

/// <summary>Where an answer sends its client, and what goes along.</summary>
internal static class Redirects
{
    /// <summary>The address to ask next; null where the answer is one. Refused: another scheme, or https given up where the policy forbids it.</summary>
    public static Uri? Next(HttpResponseMessage answer, Uri from, OutboundPolicy policy)
    {
        if ((int)answer.StatusCode is not (301 or 302 or 303 or 307 or 308) || !answer.Headers.TryGetValues("Location", out var locations)) return null;
        if (!Uri.TryCreate(from, locations.First(), out var to) || to.Scheme is not ("http" or "https"))
            throw new OutboundFault(OutboundFaultKind.Answer, "The answer redirects to what is no http or https address");
        if (policy == OutboundPolicy.Fetch && from.Scheme == "https" && to.Scheme == "http")
            throw new OutboundFault(OutboundFaultKind.Refused, "The answer redirects from https to http");
        return to;
    }

    /// <summary>The method after such a status, as clients have it: 303 asks, and so does a POST after 301 and 302.</summary>
    public static string Method(int status, string method) => status switch
    {
        303 when method != "HEAD" => "GET",
        301 or 302 when method == "POST" => "GET",
        _ => method,
    };

    /// <summary>Whether secrets for the one may be told to the other: the same host, at the same port or by https in place of http.</summary>
    public static bool IsSameHost(Uri first, Uri next) =>
        string.Equals(first.IdnHost, next.IdnHost, StringComparison.OrdinalIgnoreCase)
        && ((first.Scheme == next.Scheme && first.Port == next.Port) || (first is { Scheme: "http", Port: 80 } && next is { Scheme: "https", Port: 443 }));
}

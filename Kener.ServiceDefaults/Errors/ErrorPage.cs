using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Kener.ServiceDefaults.Errors;

/// <summary>
/// Builds the page that a browser shows for an error if the site has no page of its own for it: small, self-contained, in the style of the pages.
/// </summary>
internal static class ErrorPage
{
    private const string Style =
        ":root{color-scheme:light dark}"
        + "body{margin:0;min-height:100vh;display:grid;place-items:center;text-align:center;font:17px/1.55 system-ui,sans-serif;"
        + "background:light-dark(#f6f7f9,#0d1015);color:light-dark(#14181f,#eef1f6)}"
        + "main{padding:2rem;max-width:32rem}h1{margin:0 0 .5rem;font-size:clamp(1.5rem,1.2rem + 2vw,2.25rem);line-height:1.15;letter-spacing:-.03em}"
        + "p{margin:0;color:light-dark(#4b5565,#a9b3c2)}a{display:inline-block;margin-top:1.5rem;color:inherit}";

    /// <summary>The Content-Security-Policy: allows the page's own style and nothing else.</summary>
    public static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static string Of(int status, string message)
    {
        var (title, text) = status switch
        {
            404 => ("This page does not exist", "The address may be mistyped, or what was here has been removed."),
            >= 502 and <= 504 => ("The status can not be shown right now", "The page is on its way. It loads by itself as soon as it is there."),
            >= 500 => ("Something went wrong on our side", "Please try again in a moment."),
            _ => ("That did not work", message),
        };
        var again = status is >= 502 and <= 504 ? "<meta http-equiv=\"refresh\" content=\"10\">" : "";
        var home = status == 404 ? "<a href=\"/\">To the status page</a>" : "";
        return $"<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">{again}"
            + $"<meta name=\"robots\" content=\"noindex\"><title>{title}</title><style>{Style}</style></head>"
            + $"<body><main><h1>{title}</h1><p>{WebUtility.HtmlEncode(text)}</p>{home}</main></body></html>";
    }
}

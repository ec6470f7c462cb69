using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Snapshots;
using Microsoft.Extensions.Options;
using HeaderUtilities = Microsoft.Net.Http.Headers.HeaderUtilities;
using MediaTypeHeaderValue = Microsoft.Net.Http.Headers.MediaTypeHeaderValue;

namespace Kener.Gateway.Preferences;

/// <summary>
/// Handles <c>POST /preferences</c>: stores a visitor's language, time zone and theme as cookies in their browser. Accepts a plain HTML form and
/// redirects back to the page it came from. A forged request can change how a public page looks to a visitor, and nothing else.
/// </summary>
internal static class SetPreferences
{
    private const int LongestForm = 4 * 1024, LongestBack = 2_048;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    public static async Task HandleAsync(HttpContext context, CurrentSite site, IOptions<KenerSettings> settings)
    {
        var form = await ReadAsync(context);
        var offered = site.Now;
        var secure = settings.Value.SiteUrl.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        Set("theme", PublishedSite.ThemeCookie, theme => PublishedSite.Themes.Contains(theme));
        Set("lang", PublishedSite.LanguageCookie, language => offered.Languages.Contains(language, StringComparer.OrdinalIgnoreCase));
        Set("tz", PublishedSite.ZoneCookie, zone => TimeZones.Find(zone) is not null);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = Back(form["back"]);
        context.Response.Headers.CacheControl = "no-store";

        // An empty value deletes the cookie. A value that is not offered changes nothing.
        void Set(string field, string cookie, Func<string, bool> isOffered)
        {
            if (form[field] is not [var value]) return;
            var options = new CookieOptions { Path = "/", SameSite = SameSiteMode.Lax, Secure = secure, MaxAge = Kept, IsEssential = true };
            if (string.IsNullOrEmpty(value)) context.Response.Cookies.Delete(cookie, options);
            else if (isOffered(value)) context.Response.Cookies.Append(cookie, value, options);
        }
    }

    private static async Task<IFormCollection> ReadAsync(HttpContext context)
    {
        if (string.IsNullOrEmpty(context.Request.ContentType)) return FormCollection.Empty;
        if (!IsPlainForm(context.Request.ContentType))
            throw new Refusal(StatusCodes.Status415UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "Send application/x-www-form-urlencoded in UTF-8");
        if (context.Request.ContentLength is > LongestForm) throw new Refusal(StatusCodes.Status413PayloadTooLarge, "PAYLOAD_TOO_LARGE", "The request body is too large");
        try
        {
            return await context.Request.ReadFormAsync(new() { BufferBodyLengthLimit = LongestForm, ValueLengthLimit = LongestForm, KeyLengthLimit = 64, ValueCountLimit = 16 }, context.RequestAborted);
        }
        catch (InvalidDataException)
        {
            throw Refusal.BadRequest("The form could not be read");
        }
    }

    /// <summary>
    /// Returns whether this is the type that a browser sends for the form. The readers of multipart forms and other encodings throw other exceptions.
    /// </summary>
    private static bool IsPlainForm(string contentType) => MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Returns <paramref name="wanted"/> if it is a path within the site, and "/" if it is anything that a browser could take for another host.
    /// </summary>
    internal static string Back(string? wanted)
    {
        if (wanted is not ['/', ..] || wanted.Length > LongestBack || wanted is [_, '/' or '\\', ..]) return "/";
        return wanted.All(letter => letter is > ' ' and < '\u007f' and not '\\') ? wanted : "/";
    }
}

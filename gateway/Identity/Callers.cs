using Kener.Gateway.Routes;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Identity;
using Microsoft.Extensions.Primitives;

namespace Kener.Gateway.Identity;

/// <summary>
/// Reads the credentials of a request; no other code does. Every kind of credentials leads to a <see cref="Caller"/>, from which the internal token
/// is made, so a new kind changes nothing behind the gateway.
/// </summary>
internal sealed class Callers(KeyRing keys)
{
    /// <summary>
    /// Finds the caller by the credentials that <paramref name="access"/> requires. Returns null if it requires none, or if they are missing or not
    /// valid; <paramref name="fault"/> is then the reason for the client.
    /// </summary>
    public Caller? Find(Access access, IHeaderDictionary headers, out string fault)
    {
        fault = "";
        return access == Access.Key ? OfKey(headers.Authorization, out fault) : null;
    }

    private Caller? OfKey(StringValues authorization, out string fault)
    {
        fault = "Missing or invalid authorization header";
        if (authorization is [{ } header] && header.Split(' ') is [var scheme, { Length: > 0 } key] && scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            fault = "Invalid API key";
            if (keys.Find(key) is { } caller) return caller;
        }
        if (!keys.IsThere) throw Refusal.Unavailable("The API keys are not known yet; try again later");
        return null;
    }
}

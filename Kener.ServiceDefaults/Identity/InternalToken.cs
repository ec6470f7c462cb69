using System.Collections.Concurrent;
using System.Security.Claims;
using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Kener.ServiceDefaults.Identity;

/// <summary>The caller of a request: a subject such as "key:3", and its permissions.</summary>
public sealed record Caller(string Subject, IReadOnlyList<string> Permissions);

/// <summary>
/// Issues and validates the short-lived token that the gateway forwards in place of the client's credentials and that each service checks: signed
/// with <c>Kener__InternalKey</c> (HS256), valid for 60 s.
/// </summary>
public sealed class InternalToken(IOptions<KenerSettings> settings, TimeProvider clock)
{
    internal const string Issuer = "kener-gateway", PermissionClaim = "permission";
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(60);
    private readonly SymmetricSecurityKey _key = new(Encoding.UTF8.GetBytes(settings.Value.InternalKey!));
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false, MapInboundClaims = false };
    private readonly ConcurrentDictionary<Caller, (string Token, DateTimeOffset Until)> _cache = new(ReferenceEqualityComparer.Instance);

    /// <summary>Returns a token for the caller, valid for at least 20 s. Cached by the caller's reference.</summary>
    public string For(Caller caller)
    {
        var now = clock.GetUtcNow();
        if (_cache.TryGetValue(caller, out var known) && known.Until > now) return known.Token;
        // A changed key is a new Caller; without a limit the old ones would stay forever.
        if (_cache.Count > 10_000) _cache.Clear();
        var claims = new Dictionary<string, object> { [PermissionClaim] = caller.Permissions.ToArray() };
        var token = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Subject = new ClaimsIdentity([new Claim("sub", caller.Subject)]),
            Claims = claims,
            NotBefore = now.UtcDateTime.AddSeconds(-5),
            Expires = (now + Life).UtcDateTime,
            SigningCredentials = new SigningCredentials(_key, SecurityAlgorithms.HmacSha256),
        });
        _cache[caller] = (token, now + Life - TimeSpan.FromSeconds(20));
        return token;
    }

    /// <summary>Returns the identity in the token; null if it is forged, expired or not a token.</summary>
    internal async Task<ClaimsIdentity?> ReadAsync(string text)
    {
        var result = await _handler.ValidateTokenAsync(text, Validation);
        return result.IsValid ? result.ClaimsIdentity : null;
    }

    private TokenValidationParameters Validation => new()
    {
        ValidIssuer = Issuer,
        ValidateAudience = false,
        IssuerSigningKey = _key,
        ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
        RequireExpirationTime = true,
        RequireSignedTokens = true,
        ClockSkew = TimeSpan.FromSeconds(5),
        NameClaimType = "sub",
        LifetimeValidator = (from, until, _, _) =>
            clock.GetUtcNow().UtcDateTime is var now && until > now.AddSeconds(-5) && (from is null || from <= now.AddSeconds(5)),
    };
}

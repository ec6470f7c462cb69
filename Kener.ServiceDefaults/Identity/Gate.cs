using System.Security.Claims;
using Kener.Contracts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.ServiceDefaults.Identity;

/// <summary>
/// Denies by default (Behavior: ARC-7): a route is public by <see cref="AllowAnyone{T}"/> or requires a permission; one with neither answers 403.
/// </summary>
public static class Gate
{
    private const string GatewayPolicy = "gateway";

    /// <summary>The gateway itself, for requests that it makes without a caller.</summary>
    internal static Caller Gateway { get; } = new("gateway", []);

    /// <summary>Registers authentication by internal tokens and one policy per permission.</summary>
    public static IServiceCollection AddGate(this IServiceCollection services)
    {
        services.AddSingleton<InternalToken>();
        services.AddTransient<InternalTokenHandler>();
        services.AddAuthenticationCore(options =>
        {
            options.AddScheme<InternalTokenHandler>(InternalTokenHandler.Scheme, null);
            options.DefaultScheme = InternalTokenHandler.Scheme;
        });
        var authorization = services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().RequireAssertion(LeadsNowhere).Build());
        authorization.AddPolicy(GatewayPolicy, policy => policy.RequireAuthenticatedUser().RequireClaim("sub", Gateway.Subject));
        foreach (var permission in Permissions.OfKeys)
            authorization.AddPolicy(permission, policy => policy.RequireAuthenticatedUser().RequireClaim(InternalToken.PermissionClaim, permission));
        return services;
    }

    // Without a route an authenticated caller receives 404 or 405; a route with neither mark stays closed.
    private static bool LeadsNowhere(AuthorizationHandlerContext context) =>
        context.Resource is HttpContext request && request.GetEndpoint() is not RouteEndpoint;

    /// <summary>Requires callers to have the permission.</summary>
    public static T Requires<T>(this T endpoint, string permission) where T : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(permission);

    /// <summary>Requires the caller to be the gateway itself, not a caller that it admits.</summary>
    internal static T RequiresGateway<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.RequireAuthorization(GatewayPolicy);

    /// <summary>Makes the route public.</summary>
    public static T AllowAnyone<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.AllowAnonymous();

    /// <summary>Returns the subject of the caller, such as "key:3"; "anonymous" if there is none.</summary>
    public static string Subject(this ClaimsPrincipal user) => user.FindFirst("sub")?.Value ?? "anonymous";

    /// <summary>Returns whether the caller has the permission.</summary>
    public static bool Holds(this ClaimsPrincipal user, string permission) => user.HasClaim(InternalToken.PermissionClaim, permission);
}

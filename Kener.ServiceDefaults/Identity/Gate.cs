using System.Security.Claims;
using Kener.Contracts;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.ServiceDefaults;

/// <summary>Default deny: a route is public by <see cref="AllowAnyone{T}"/>, or needs a permission; one with neither answers 403.</summary>
public static class Gate
{
    private const string GatewayPolicy = "gateway";

    /// <summary>The gateway on its own behalf, when no caller stands behind it.</summary>
    internal static Caller Gateway { get; } = new("gateway", []);

    /// <summary>Registers the check of internal tokens and a policy per permission.</summary>
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

    // A known caller is told 404 or 405 where there is no route; a route that nobody classed stays shut.
    private static bool LeadsNowhere(AuthorizationHandlerContext context) =>
        context.Resource is HttpContext request && request.GetEndpoint() is not RouteEndpoint;

    /// <summary>Open to callers who hold that permission.</summary>
    public static T Requires<T>(this T endpoint, string permission) where T : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(permission);

    /// <summary>Open to the gateway itself, and to nobody whom it lets in.</summary>
    internal static T RequiresGateway<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.RequireAuthorization(GatewayPolicy);

    /// <summary>Public, on purpose.</summary>
    public static T AllowAnyone<T>(this T endpoint) where T : IEndpointConventionBuilder => endpoint.AllowAnonymous();

    /// <summary>The subject of the caller, such as "key:3"; "anonymous" where there is none.</summary>
    public static string Subject(this ClaimsPrincipal user) => user.FindFirst("sub")?.Value ?? "anonymous";

    /// <summary>Whether the caller holds that permission.</summary>
    public static bool Holds(this ClaimsPrincipal user, string permission) => user.HasClaim(InternalToken.PermissionClaim, permission);
}

using Kener.Gateway.Identity;
using Kener.Gateway.Limits;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Snapshots;
using Microsoft.AspNetCore.Http.Features;

namespace Kener.Gateway.Routes;

/// <summary>
/// Admits requests to the routes of the table, on the terms of each route, and under /api only with a valid key. Checks the caller, then the route,
/// the method and the size (Behavior: API-19). Replaces the client's credentials with the internal token.
/// </summary>
internal sealed class FrontDoor(RequestDelegate next, RouteTable table, Callers callers, ApiLimits limits, InternalToken token, CurrentSite site)
{
    private const int LongestHeardOut = 8 << 20, LongestUrl = 8 * 1024, LargestHeaders = 32 * 1024;

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (IsTooLarge(request) is { } status) return Refuse(context, status);
        var path = request.Path.Value ?? "/";
        var route = table.Find(path);
        // A path of one segment can only be a page: refuse those that are not pages of the site.
        if (route == RouteTable.Page && !(PageAddress.Of(path) is { } page && site.Now.Pages.Contains(page.Path))) route = null;
        var isApi = request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);
        var access = route?.Access ?? (isApi ? Access.Key : Access.Public);
        var caller = callers.Find(access, request.Headers, out var fault);
        StripUntrusted(request.Headers);
        if (caller is null && access != Access.Public) return RefuseStranger(context, fault);
        if (caller is not null && !limits.Takes(caller, request.Path)) return RefuseMore(context);
        if (route is null) return Refuse(context, StatusCodes.Status404NotFound);
        if (caller is null && !TakesAnonymous(context)) return RefuseMore(context);
        if (!route.Takes(WebSocketRequest.MethodOf(context, route)))
        {
            context.Response.Headers.Allow = route.Allow;
            return Refuse(context, StatusCodes.Status405MethodNotAllowed);
        }
        if (!route.AllowsWebSockets) WebSocketRequest.Ignore(request);
        LimitBody(context, route.BodyLimit);
        if (IsHeartbeat(request)) HeartbeatCall.IgnoreBody(context, LongestHeardOut);
        if (request.ContentLength > route.BodyLimit) return RefuseBodyAsync(context);
        if (caller is not null) request.Headers.Authorization = "Bearer " + token.For(caller);
        context.Features.Set(route);
        return next(context);
    }

    private static bool IsHeartbeat(HttpRequest request) => request.Path.StartsWithSegments(SecretPath.Heartbeats, StringComparison.OrdinalIgnoreCase);

    private bool TakesAnonymous(HttpContext context) => IsHeartbeat(context.Request)
        ? limits.TakesBeat(context.Connection.RemoteIpAddress) : limits.TakesAnonymous(context.Connection.RemoteIpAddress);

    private static bool LimitBody(HttpContext context, long most)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is not { IsReadOnly: false } limit) return false;
        limit.MaxRequestBodySize = most;
        return true;
    }

    private Task RefuseStranger(HttpContext context, string fault)
    {
        if (!limits.TakesFailure(context.Connection.RemoteIpAddress)) return RefuseMore(context);
        context.Response.Headers.WWWAuthenticate = "Bearer";
        throw new Refusal(StatusCodes.Status401Unauthorized, "UNAUTHORIZED", fault);
    }

    private static Task RefuseMore(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "1";
        return Refuse(context, StatusCodes.Status429TooManyRequests);
    }

    /// <summary>
    /// Answers 413, after reading a body of up to 8 MiB: a client that is cut off while it still sends sees a broken connection instead of the
    /// answer.
    /// </summary>
    private static async Task RefuseBodyAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.ContentLength <= LongestHeardOut && LimitBody(context, LongestHeardOut))
        {
            await request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        }
        await Refuse(context, StatusCodes.Status413PayloadTooLarge);
    }

    /// <summary>Sets the status only; UseErrorResponses writes the body.</summary>
    private static Task Refuse(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    /// <summary>
    /// Returns the status for a URL or headers that are too large, else null. Kestrel's limits are higher, so that they are refused here, in the
    /// API's format.
    /// </summary>
    private static int? IsTooLarge(HttpRequest request)
    {
        if ((request.Path.Value?.Length ?? 0) + (request.QueryString.Value?.Length ?? 0) > LongestUrl) return StatusCodes.Status414UriTooLong;
        var size = 0;
        foreach (var (name, values) in request.Headers)
            foreach (var value in values) size += name.Length + (value?.Length ?? 0) + 4;
        return size > LargestHeaders ? StatusCodes.Status431RequestHeaderFieldsTooLarge : null;
    }

    /// <summary>Removes the headers that only the gateway may set, so that a client cannot choose its identity, address, URL or method.</summary>
    private static void StripUntrusted(IHeaderDictionary headers)
    {
        headers.Remove("Authorization");
        headers.Remove("Forwarded");
        List<string>? untrusted = null;
        foreach (var name in headers.Keys)
        {
            if (name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("X-Kener-", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase) || name.Equals("X-HTTP-Method-Override", StringComparison.OrdinalIgnoreCase))
                (untrusted ??= []).Add(name);
        }
        if (untrusted is null) return;
        foreach (var name in untrusted) headers.Remove(name);
    }
}

using Kener.Gateway.Identity;
using Kener.Gateway.Limits;
using Kener.ServiceDefaults;
using Microsoft.AspNetCore.Http.Features;

namespace Kener.Gateway.Routes;

/// <summary>
/// Lets in what the route table lists, on the terms of its route, and under /api nothing without a valid key (in this order: caller, route,
/// method, size). What goes on carries the internal token in place of what came in.
/// </summary>
internal sealed class FrontDoor(RequestDelegate next, RouteTable table, Callers callers, ApiLimits limits, InternalToken token, SiteOnBoard site)
{
    private const int LongestHeardOut = 8 << 20, LongestUrl = 8 * 1024, LargestHeaders = 32 * 1024;

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (IsTooLarge(request) is { } status) return Refuse(context, status);
        var path = request.Path.Value ?? "/";
        var route = table.Find(path);
        // One segment may be a page, and is nothing else: what is none of the site's goes no further.
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

    /// <summary>Hears a client out, within reason: one that is cut off while it still sends sees a broken connection, and never why.</summary>
    private static async Task RefuseBodyAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.ContentLength <= LongestHeardOut && LimitBody(context, LongestHeardOut))
        {
            await request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        }
        await Refuse(context, StatusCodes.Status413PayloadTooLarge);
    }

    /// <summary>A bare status: the error shape around all gives it its words.</summary>
    private static Task Refuse(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    /// <summary>The server takes more than this, so that what is too much is refused here, in the API's shape.</summary>
    private static int? IsTooLarge(HttpRequest request)
    {
        if ((request.Path.Value?.Length ?? 0) + (request.QueryString.Value?.Length ?? 0) > LongestUrl) return StatusCodes.Status414UriTooLong;
        var size = 0;
        foreach (var (name, values) in request.Headers)
            foreach (var value in values) size += name.Length + (value?.Length ?? 0) + 4;
        return size > LargestHeaders ? StatusCodes.Status431RequestHeaderFieldsTooLarge : null;
    }

    /// <summary>Only the gateway says who asks and from where; a client's own word for it goes no further.</summary>
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

using Kener.Gateway.Keys;
using Kener.Gateway.Limits;
using Kener.Gateway.Pages;
using Kener.ServiceDefaults;
using Microsoft.AspNetCore.Http.Features;

namespace Kener.Gateway.Routes;

/// <summary>
/// Lets in what the route table lists, and under /api only who brings a valid key (in this order: key, route, method, size). What goes on
/// carries the internal token in place of what came in.
/// </summary>
internal sealed class FrontDoor(RequestDelegate next, KeyRing keys, ApiLimits limits, InternalToken token, SiteOnBoard site)
{
    private const int LongestBody = 1 << 20, LongestHeardOut = 8 << 20, LongestUrl = 8 * 1024, LargestHeaders = 32 * 1024;

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (IsTooLarge(request) is { } status) return Refuse(context, status);
        var presented = request.Headers.Authorization;
        StripUntrusted(request.Headers);

        var path = request.Path.Value ?? "/";
        var route = RouteTable.Find(path);
        // One segment may be a page, and is nothing else: what is none of the site's goes no further.
        if (route == RouteTable.Page && !(PagePath.Of(path) is { } page && site.Now.Pages.Contains(page))) route = null;
        Caller? caller = null;
        if (route is { Access: Access.Key } || (route is null && request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)))
        {
            caller = Authenticate(presented, out var fault);
            if (caller is null && !keys.IsThere) throw Refusal.Unavailable("The API keys are not known yet; try again later");
            if (caller is null) return RefuseStranger(context, fault);
            if (!limits.Takes(caller, request.Path)) return RefuseMore(context);
        }
        if (route is null) return Refuse(context, StatusCodes.Status404NotFound);
        if (caller is null && !TakesAnonymous(context)) return RefuseMore(context);
        if (!route.Takes(request.Method))
        {
            context.Response.Headers.Allow = route.Allow;
            return Refuse(context, StatusCodes.Status405MethodNotAllowed);
        }
        if (IsHeartbeat(request)) HeartbeatCall.IgnoreBody(context, LongestHeardOut);
        if (request.ContentLength > LongestBody) return RefuseBodyAsync(context);
        if (caller is not null) request.Headers.Authorization = "Bearer " + token.For(caller);
        return next(context);
    }

    private static bool IsHeartbeat(HttpRequest request) => request.Path.StartsWithSegments(SecretPath.Heartbeats, StringComparison.OrdinalIgnoreCase);

    private bool TakesAnonymous(HttpContext context) => IsHeartbeat(context.Request)
        ? limits.TakesBeat(context.Connection.RemoteIpAddress) : limits.TakesAnonymous(context.Connection.RemoteIpAddress);

    private Caller? Authenticate(Microsoft.Extensions.Primitives.StringValues presented, out string fault)
    {
        fault = "Missing or invalid authorization header";
        if (presented.Count != 1 || presented[0]!.Split(' ') is not [var scheme, { Length: > 0 } key]) return null;
        if (!scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)) return null;
        fault = "Invalid API key";
        return keys.Find(key);
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
        if (request.ContentLength <= LongestHeardOut && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = LongestHeardOut;
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

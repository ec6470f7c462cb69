using Microsoft.AspNetCore.Http.Features;

namespace Kener.Gateway.Routes;

/// <summary>Handles requests to open a WebSocket: a GET with an Upgrade header over HTTP/1.1 (RFC 6455), a CONNECT over HTTP/2 (RFC 8441).</summary>
internal static class WebSocketRequest
{
    /// <summary>Returns the method to check against the route: opening a WebSocket counts as a GET in every HTTP version.</summary>
    public static string MethodOf(HttpContext context, Route route) =>
        route.AllowsWebSockets && context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" }
            ? HttpMethods.Get : context.Request.Method;

    /// <summary>
    /// Turns the request into a plain GET. A server may ignore an Upgrade header (RFC 9110, 7.8), but the proxy and the endpoints would not.
    /// </summary>
    public static void Ignore(HttpRequest request) => request.Headers.Remove("Upgrade");
}

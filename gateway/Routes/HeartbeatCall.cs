using Microsoft.AspNetCore.Http.Features;

namespace Kener.Gateway.Routes;

/// <summary>Jobs post their output with a heartbeat, however much that is: the heartbeat counts, and the body goes no further.</summary>
internal static class HeartbeatCall
{
    /// <summary>
    /// Makes it a request without a body. The server reads what the client still sends after the answer, up to that many bytes: a client that
    /// is cut off while it still sends sees a broken connection, and not the answer.
    /// </summary>
    public static void IgnoreBody(HttpContext context, long mostRead)
    {
        var (request, features) = (context.Request, context.Features);
        if (features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = mostRead;
        request.Body = Stream.Null;
        request.Headers.Remove("Content-Length");
        request.Headers.Remove("Transfer-Encoding");
        features.Set<IHttpRequestBodyDetectionFeature>(new NoBody());
    }

    private sealed class NoBody : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => false;
    }
}

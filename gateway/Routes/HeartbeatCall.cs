using Microsoft.AspNetCore.Http.Features;

namespace Kener.Gateway.Routes;

/// <summary>Drops the body of a heartbeat (Behavior: HBT-2): jobs post their output with it, of any size, and the ping counts all the same.</summary>
internal static class HeartbeatCall
{
    /// <summary>
    /// Turns the request into one without a body. The server still reads up to <paramref name="mostRead"/> bytes of it after answering: a client that
    /// is cut off while it still sends sees a broken connection instead of the answer.
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

namespace Kener.TestKit;

/// <summary>The public routes, for tests that run Kener as a process. A test of the gateway compares them with its route table.</summary>
public static class PublicRoutes
{
    public static IReadOnlyList<string> All { get; } =
    [
        "/", "/{page}", "/incidents/{id}", "/rss.xml", "/live", "/preferences", "/health", "/healthcheck", "/ready", "/alive", "/ext/heartbeat/{tag}/{secret}", "/ext/heartbeat/{token}",
        "/api/openapi/v4.json", "/api/openapi/v5.json", "/api/reference", "/api/reference/scalar.js",
    ];
}

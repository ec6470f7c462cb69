using Kener.Gateway.OpenApi;
using Kener.Gateway.Proxy;
using Kener.ServiceDefaults.DeadLetters;
using static Kener.Gateway.Routes.Access;
using static Kener.Gateway.Routes.Owner;

namespace Kener.Gateway.Routes;

/// <summary>
/// Lists every route of Kener, in both hostings: a path that is not listed here cannot be reached from outside. The first match wins.
/// </summary>
internal sealed class RouteTable(params Route[] routes)
{
    private const string Get = "GET", Head = "HEAD", Post = "POST", Patch = "PATCH", Delete = "DELETE";

    /// <summary>A status page at its own path.</summary>
    public static Route Page { get; } = new(Status, Public, "/{page}", Get, Head);

    /// <summary>The routes of Kener.</summary>
    public static RouteTable Kener { get; } = new(
    [
        new(Edge, Public, "/health", Get, Head),
        new(Edge, Public, "/ready", Get, Head),
        new(Edge, Public, "/alive", Get, Head),
        new(Edge, Public, "/healthcheck", Get, Head),
        new(Edge, Public, "/live", Get),
        new(Edge, Public, "/preferences", Post),

        new(Status, Public, "/", Get, Head),
        new(Status, Public, "/incidents/{id}", Get, Head),
        new(Status, Public, "/rss.xml", Get, Head),

        new(Incidents, Key, "/api/v4/incidents", Get, Post),
        new(Incidents, Key, "/api/v4/incidents/{id}", Get, Patch, Delete),
        new(Incidents, Key, "/api/v4/incidents/{id}/comments", Get, Post),
        new(Incidents, Key, "/api/v4/incidents/{id}/comments/{commentId}", Get, Patch, Delete),

        new(Monitors, Key, "/api/v4/monitors", Get, Post),
        new(Monitors, Key, "/api/v4/monitors/{tag}", Get, Patch, Delete),
        new(Monitors, Key, "/api/v4/monitors/{tag}/data", Get, Patch) { IsLong = true },
        new(Monitors, Key, "/api/v4/monitors/{tag}/data/{timestamp}", Get, Patch),

        new(Monitors, Key, "/api/agent/v1/assignment", Get) { IsLong = true },
        new(Monitors, Key, "/api/agent/v1/results", Post),
        new(Monitors, Public, "/ext/heartbeat/{tag}/{secret}", Get, Post),
        new(Monitors, Public, "/ext/heartbeat/{token}", Get, Post),

        new(Status, Key, "/api/v4/pages", Get, Post),
        new(Status, Key, "/api/v4/pages/{path}", Get, Patch, Delete),
        new(Status, Key, "/api/v4/site", Get),
        new(Status, Key, "/api/v4/site/{key}", Get, Patch),

        new(Accounts, Key, "/api/v5/api-keys", Get, Post),
        new(Accounts, Key, "/api/v5/api-keys/{id}", Patch, Delete),

        new(Edge, Public, "/api/openapi/v4.json", Get, Head),
        new(Edge, Public, "/api/openapi/v5.json", Get, Head),
        new(Edge, Public, ApiReference.Path, Get, Head) { ContentSecurityPolicy = ApiReference.Policy },
        new(Edge, Public, ApiReference.ScriptPath, Get, Head),

        new(Edge, Key, "/api/v5/dead-letters", Get),
        .. DeadLettersOf(Accounts), .. DeadLettersOf(Incidents), .. DeadLettersOf(Monitors), .. DeadLettersOf(Status),

        // Last: any other path of one segment may be a page.
        Page,
    ]);

    public IReadOnlyList<Route> All => routes;

    private static Route[] DeadLettersOf(Owner owner)
    {
        var path = DeadLetterBox.PathOf(ProxyConfig.NameOf(owner));
        return [new(owner, Key, path, Get), new(owner, Key, path + "/{id}/replay", Post), new(owner, Key, path + "/{id}", Delete)];
    }

    /// <summary>Returns the route of the path; null if there is none.</summary>
    public Route? Find(ReadOnlySpan<char> path)
    {
        foreach (var route in routes)
            if (route.Matches(path)) return route;
        return null;
    }
}

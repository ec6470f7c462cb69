using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace Kener.Hosting.Servers;

/// <summary>Where a server comes from.</summary>
internal enum ServerKind
{
    /// <summary>A server that runs elsewhere and is named by a connection string.</summary>
    Given,
    /// <summary>A program of this machine.</summary>
    Native,
    /// <summary>A container.</summary>
    Container,
    /// <summary>No server is available: the start fails.</summary>
    Missing,
}

/// <summary>Decides where a server comes from, once per data folder, because one kind of server cannot read the data of the other.</summary>
internal static class ServerKinds
{
    /// <summary>
    /// Returns the first of these that applies: a given connection string, the kind that the data folder remembers, <c>Kener__Servers</c>, the
    /// installed programs, a container engine that answers. In publish mode always a container.
    /// </summary>
    public static ServerKind KindOf(this IDistributedApplicationBuilder builder, string server, bool isInstalled)
    {
        if (builder.ExecutionContext.IsPublishMode) return ServerKind.Container;
        if (builder.IsGiven(server)) return ServerKind.Given;
        var wanted = builder.Configuration["Kener:Servers"]?.ToLowerInvariant();
        if (wanted is not (null or "" or "native" or "container")) throw new DistributedApplicationException($"Kener__Servers is '{wanted}': give native or container, or remove it");
        var kinds = builder.Host().Folder.Kinds;
        if (kinds.Find(server) is { } known)
        {
            if (wanted is null or "" || wanted == known) return known == "container" ? ServerKind.Container : ServerKind.Native;
            throw new DistributedApplicationException($"""
                The data of '{server}' in '{builder.Host().Folder.Path}' was made by a server of the kind '{known}', but Kener__Servers is '{wanted}'.
                Remove Kener__Servers, or move the data: dump it with the old kind, give Kener__DataPath a new folder, and load the dump there.
                """);
        }
        var kind = wanted switch
        {
            "native" => isInstalled ? ServerKind.Native : ServerKind.Missing,
            "container" => ServerKind.Container,
            _ => isInstalled ? ServerKind.Native : ContainerEngine.IsReachable ? ServerKind.Container : ServerKind.Missing,
        };
        if (kind != ServerKind.Missing) kinds.Keep(server, () => kind == ServerKind.Native ? "native" : "container");
        return kind;
    }

    /// <summary>Returns whether a connection string of that name is configured; never in publish mode.</summary>
    public static bool IsGiven(this IDistributedApplicationBuilder builder, string name) =>
        builder.ExecutionContext.IsRunMode && !string.IsNullOrEmpty(builder.Configuration.GetConnectionString(name));
}

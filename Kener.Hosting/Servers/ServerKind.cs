using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace Kener.Hosting.Servers;

/// <summary>Where a server comes from.</summary>
internal enum ServerKind
{
    /// <summary>It runs elsewhere: a connection string names it.</summary>
    Given,
    /// <summary>A program of this machine.</summary>
    Native,
    /// <summary>A container.</summary>
    Container,
    /// <summary>Nowhere: the start fails.</summary>
    Missing,
}

/// <summary>Decides where a server comes from, once per data folder: the data of one kind cannot be read by the other.</summary>
internal static class ServerKinds
{
    /// <summary>
    /// In this order: a given connection string, the kind that the data folder remembers, <c>Kener__Servers</c>, the installed programs, a container
    /// engine that answers. In publish mode a container.
    /// </summary>
    public static ServerKind KindOf(this IDistributedApplicationBuilder builder, string server, bool isInstalled)
    {
        if (builder.ExecutionContext.IsPublishMode) return ServerKind.Container;
        if (builder.IsGiven(server)) return ServerKind.Given;
        var wanted = builder.Configuration["Kener:Servers"]?.ToLowerInvariant();
        if (wanted is not (null or "" or "native" or "container")) throw new DistributedApplicationException($"Kener__Servers is '{wanted}': give native or container, or leave it out");
        var kinds = builder.Host().Folder.Kinds;
        if (kinds.Find(server) is { } known)
        {
            if (wanted is null or "" || wanted == known) return known == "container" ? ServerKind.Container : ServerKind.Native;
            throw new DistributedApplicationException($"""
                The data of '{server}' in '{builder.Host().Folder.Path}' was made by a server of the kind '{known}', and Kener__Servers asks for '{wanted}'.
                Leave Kener__Servers out; or move the data: dump it with the old kind, give Kener__DataPath a new folder, and load the dump there.
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

    /// <summary>Whether a connection string of that name is configured; never in publish mode.</summary>
    public static bool IsGiven(this IDistributedApplicationBuilder builder, string name) =>
        builder.ExecutionContext.IsRunMode && !string.IsNullOrEmpty(builder.Configuration.GetConnectionString(name));
}

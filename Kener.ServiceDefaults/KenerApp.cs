using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Kener.ServiceDefaults;

/// <summary>How each process of Kener begins.</summary>
public static class KenerApp
{
    /// <summary>
    /// A web application that reads its settings once, at its start. Waiting for changes of a file of settings would put a watch on each folder
    /// below the one it is started in, of which a system has but few, and take a fifth of the native gateway's start.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        // Without what only other servers and HTTP/3 need, which would be loaded and never used.
        var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", StartLog.ShowsHost);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", StartLog.ShowsServer);
        return builder;
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Kener.ServiceDefaults;

/// <summary>Creates the application of each Kener process.</summary>
public static class KenerApp
{
    /// <summary>
    /// Creates the builder of a web application that reads its settings once, at the start. Watching the settings file for changes would put a file
    /// watch on each folder below the working directory, of which a system has only a limited number, and would take a fifth of the native gateway's
    /// start.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        // The slim builder leaves out support for other servers and HTTP/3, which would be loaded and never used.
        var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", StartLog.ShowsHost);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", StartLog.ShowsServer);
        return builder;
    }
}

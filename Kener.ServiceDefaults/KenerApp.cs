using Microsoft.AspNetCore.Builder;

namespace Kener.ServiceDefaults;

/// <summary>How each process of Kener begins.</summary>
public static class KenerApp
{
    /// <summary>
    /// A web application that reads its settings once, at its start. Waiting for changes of a file of settings would put a watch on each folder
    /// below the one it is started in, of which a system has but few, and take a fifth of the native gateway's start.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(string[] args) => WebApplication.CreateBuilder(["--hostBuilder:reloadConfigOnChange=false", .. args]);
}

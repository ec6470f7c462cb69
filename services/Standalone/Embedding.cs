namespace Kener.Standalone;

/// <summary>What makes one process of all modules: files in place of servers, calls in place of a broker.</summary>
internal static class Embedding
{
    private const string DefaultUrl = "http://localhost:8080";

    /// <summary>
    /// Lays the embedded defaults below every other source, so that environment and appsettings win; listens on <c>Kener__Url</c>, which
    /// is also the site's address unless <c>Kener__SiteUrl</c> says otherwise (spec/decisions 22, 23).
    /// </summary>
    public static void AddEmbedding(this WebApplicationBuilder builder)
    {
        var url = builder.Configuration["Kener:Url"] ?? builder.Configuration["urls"] ?? DefaultUrl;
        builder.WebHost.UseUrls(url);
        builder.Services.AddHostedService<MemoryGivenBack>();
        var sources = ((IConfigurationBuilder)builder.Configuration).Sources;
        sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource
        {
            InitialData = new Dictionary<string, string?>
            {
                ["Kener:Database"] = "Sqlite",
                ["Kener:Delivery"] = "Mediator",
                ["Kener:SiteUrl"] = url.Split(';')[0],
                // An operator reads what Kener says, not how its parts talk.
                ["Logging:LogLevel:Default"] = "Information",
                ["Logging:LogLevel:Microsoft"] = "Warning",
                ["Logging:LogLevel:Microsoft.Hosting.Lifetime"] = "Information",
                ["Logging:LogLevel:MassTransit"] = "Warning",
                ["Logging:LogLevel:System.Net.Http"] = "Warning",
                ["Logging:LogLevel:Polly"] = "Warning",
            },
        });
    }
}

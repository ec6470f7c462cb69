using System.Security.Cryptography;

namespace Kener.Standalone.Demo;

/// <summary>
/// <c>-- --demo</c>: an invented company with 90 days of history, to explore Kener. Its data is in a temporary folder that is deleted at the end,
/// so no other data is touched.
/// </summary>
internal static class Demo
{
    public const string Switch = "--demo";

    /// <summary>
    /// If the operator asked for the demo, adds the company's services as endpoints to check, and creates its data through the API.
    /// </summary>
    public static void AddDemo(this WebApplicationBuilder builder, string[] args)
    {
        if (!args.Contains(Switch)) return;
        var key = builder.Configuration["Kener:BootstrapApiKey"] ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kener:DataPath"] = Directory.CreateTempSubdirectory("kener-demo-").FullName,
            ["Kener:BootstrapApiKey"] = key,
        });
        // The demo sends more requests per second than a client may; the handler then waits as the answer demands.
        builder.Services.AddHttpClient(nameof(DemoTeller)).AddStandardResilienceHandler();
        builder.Services.AddSingleton<DemoEndpoints>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DemoEndpoints>());
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<DemoTeller>(services, key));
    }
}

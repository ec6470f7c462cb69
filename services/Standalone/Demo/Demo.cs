using System.Security.Cryptography;

namespace Kener.Standalone;

/// <summary>
/// <c>-- --demo</c>: an invented company with 90 days behind it, to look at and to play with. It lives in a temporary folder
/// and goes with it, so that nobody's data is touched.
/// </summary>
internal static class Demo
{
    public const string Switch = "--demo";

    /// <summary>Where the operator asked for it: the company's own services to check, and its history told through the API.</summary>
    public static void AddDemo(this WebApplicationBuilder builder, string[] args)
    {
        if (!args.Contains(Switch)) return;
        var key = builder.Configuration["Kener:BootstrapApiKey"] ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Kener:DataPath"] = Directory.CreateTempSubdirectory("kener-demo-").FullName,
            ["Kener:BootstrapApiKey"] = key,
        });
        // It asks for more than a client may in a second, and then waits as it is told to.
        builder.Services.AddHttpClient(nameof(DemoTeller)).AddStandardResilienceHandler();
        builder.Services.AddSingleton<DemoEndpoints>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DemoEndpoints>());
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<DemoTeller>(services, key));
    }
}

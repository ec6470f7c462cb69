
namespace Kener.AppHost;

/// <summary>The operator's settings for the whole installation.</summary>
internal sealed record AppSettings(Uri Url, string SiteUrl, int Replicas, string DataPath)
{
    /// <summary>Reads the settings; throws if one is wrong, with its name.</summary>
    public static AppSettings From(IDistributedApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        if (!int.TryParse(configuration["Kener:Replicas"] ?? "1", out var replicas) || replicas is < 1 or > 9)
            throw new DistributedApplicationException("Kener__Replicas must be a number from 1 to 9");
        if (!Uri.TryCreate(configuration["Kener:Url"] ?? "http://localhost:8080", UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new DistributedApplicationException("Kener__Url must be an address such as http://localhost:8080");
        // A manifest for other machines must not contain a path of this one.
        var dataPath = builder.ExecutionContext.IsRunMode ? Path.GetFullPath(configuration["Kener:DataPath"] ?? "./.kener/data") : "data";
        return new AppSettings(url, configuration["Kener:SiteUrl"] ?? url.GetLeftPart(UriPartial.Authority), replicas, dataPath);
    }
}

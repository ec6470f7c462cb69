using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Parameters as parts.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>A parameter of the configuration, <c>Parameters:{name}</c>; one that is missing stops the start.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, _ => builder.Given(name)
            ?? throw new DistributedApplicationException($"The parameter '{name}' has no value: set Parameters__{name.Replace('-', '_')}"), secret));

    /// <summary>A parameter with this value, unless the configuration has another.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, _ => builder.Given(name) ?? value, secret));

    /// <summary>A parameter that is made up where the configuration has none, and kept with the data if <paramref name="persist"/> says so.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false, bool persist = false) =>
        builder.AddResource(new ParameterResource(name, _ => builder.Given(name)
            ?? (persist ? builder.Folder().Secrets.Keep(name, value.GetDefaultValue) : value.GetDefaultValue()), secret));

    /// <summary>A password that is made up once and kept.</summary>
    internal static ParameterResource Password(this IDistributedApplicationBuilder builder, string resource) =>
        builder.AddParameter($"{resource}-password", new GenerateParameterDefault { MinLength = 32 }, secret: true, persist: true).Resource;

    internal static Kener.LocalHosting.DataFolder Folder(this IDistributedApplicationBuilder builder) => ((DistributedApplicationBuilder)builder).Folder;

    private static string? Given(this IDistributedApplicationBuilder builder, string name) =>
        builder.Configuration[$"Parameters:{name}"] ?? builder.Configuration[$"Parameters:{name.Replace('-', '_')}"];
}

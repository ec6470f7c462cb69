using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace Kener.Hosting.Tests;

/// <summary>Builds the app host's model with settings of a test and its own data folder; nothing is started.</summary>
internal sealed class Model : IAsyncDisposable
{
    private readonly IDistributedApplicationTestingBuilder _builder;
    private readonly DistributedApplication _app;

    private Model(IDistributedApplicationTestingBuilder builder, DistributedApplication app, string folder) => (_builder, _app, Folder) = (builder, app, folder);

    public string Folder { get; }

    public static string NewFolder() => Path.Combine(Path.GetTempPath(), "kener-model-" + Guid.NewGuid().ToString("N"));

    /// <summary>Builds the model with settings such as "--Kener:Replicas=2".</summary>
    public static async Task<Model> CreateAsync(params string[] settings)
    {
        var folder = Array.Find(settings, setting => setting.StartsWith("--Kener:DataPath=", StringComparison.Ordinal))?.Split('=')[1] ?? NewFolder();
        var cancel = TestContext.Current.CancellationToken;
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Kener_AppHost>(
            [$"--Kener:DataPath={folder}", "--Kener:Url=http://127.0.0.1:0", "--Kener:Dashboard=false", .. settings], cancel);
        return new Model(builder, await builder.BuildAsync(cancel), folder);
    }

    public IReadOnlyList<IResource> All => [.. _builder.Resources];

    public IReadOnlyList<string> Names<T>() where T : IResource => [.. _builder.Resources.OfType<T>().Select(resource => resource.Name)];

    public T Find<T>(string name) where T : IResource => _builder.Resources.OfType<T>().Single(resource => resource.Name == name);

    /// <summary>Returns the environment variables of a resource, with references as expressions.</summary>
    public async Task<IReadOnlyDictionary<string, string>> EnvironmentAsync(string name)
    {
        var variables = new Dictionary<string, object>();
        var context = new EnvironmentCallbackContext(new DistributedApplicationExecutionContext(DistributedApplicationOperation.Run), Find<IResource>(name), variables, TestContext.Current.CancellationToken);
        foreach (var annotation in Find<IResource>(name).Annotations.OfType<EnvironmentCallbackAnnotation>().ToList()) await annotation.Callback(context);
        return variables.ToDictionary(one => one.Key, one => one.Value is IManifestExpressionProvider expression ? expression.ValueExpression : one.Value.ToString()!);
    }

    /// <summary>Returns the names of the resources that a resource waits for.</summary>
    public IEnumerable<string> WaitsOf(string name) => Find<IResource>(name).Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource.Name);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _builder.DisposeAsync();
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }
}

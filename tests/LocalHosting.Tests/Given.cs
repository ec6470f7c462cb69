using Aspire.Hosting;

namespace Kener.LocalHosting.Tests;

/// <summary>A model, and what is made of it; its folder goes with it.</summary>
internal sealed class Given : IDisposable
{
    private readonly DistributedApplicationBuilder _builder;

    public Given(params string[] settings)
    {
        Folder = Path.Combine(Path.GetTempPath(), "kener-local-" + Guid.NewGuid().ToString("N"));
        _builder = (DistributedApplicationBuilder)DistributedApplication.CreateBuilder([$"--Kener:DataPath={Folder}", .. settings]);
        // Who describes a model may look at generated secrets; they need the folder.
        Directory.CreateDirectory(Folder);
    }

    public string Folder { get; }

    public IDistributedApplicationBuilder Builder => _builder;

    public static Terminal Silent { get; } = new(TextWriter.Null, TextWriter.Null, isColoured: false);

    public IReadOnlyList<Unit> Units() => new Plan(_builder.Resources, _builder.Folder, Silent, _builder.Configuration).Make();

    public static async Task<IReadOnlyDictionary<string, string?>> EnvironmentAsync(Unit unit) =>
        (await unit.CommandAsync!(TestContext.Current.CancellationToken)).Environment;

    public void Dispose()
    {
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>A project that is there, as the build would have written it.</summary>
internal sealed class SomeProject : IBuiltProject
{
    public string ProjectPath => "some.csproj";
    public string AssemblyPath => typeof(SomeProject).Assembly.Location;
}

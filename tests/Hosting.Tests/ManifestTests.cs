using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Kener.Hosting.Tests;

/// <summary>The manifest that the app host writes for deployment tools: <c>--publisher manifest</c>.</summary>
public sealed class ManifestTests
{
    [Fact]
    public async Task The_manifest_has_containers_for_the_servers_and_projects_for_the_services()
    {
        var cancel = TestContext.Current.CancellationToken;
        var folder = Directory.CreateTempSubdirectory("kener-manifest-");
        var file = Path.Combine(folder.FullName, "manifest.json");
        var project = Projects.Kener_AppHost.ProjectPath;
        var assembly = Path.Combine(project, AppContext.BaseDirectory.Contains("Release", StringComparison.Ordinal) ? "bin/Release" : "bin/Debug", "net10.0/Kener.AppHost.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [assembly, "--publisher", "manifest", "--output-path", file])
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancel), process.StandardError.ReadToEndAsync(cancel));
        await process.WaitForExitAsync(cancel);
        Assert.True(process.ExitCode == 0, await output + await errors);
        var resources = JsonNode.Parse(await File.ReadAllTextAsync(file, cancel))!["resources"]!.AsObject();
        var kinds = resources.ToLookup(one => (string)one.Value!["type"]!, one => one.Key);
        Assert.Equal(["cache", "messaging", "postgres"], kinds["container.v0"].Order());
        Assert.Equal(["accounts", "agent", "gateway", "incidents", "monitors", "status"], kinds["project.v0"].Order());
        Assert.Equal(["accountdb", "incidentdb", "monitordb", "statusdb"], kinds["value.v0"].Where(name => name.EndsWith("db", StringComparison.Ordinal)).Order());
        Assert.All(resources.Where(one => (string)one.Value!["type"]! == "parameter.v0"), one => Assert.True((bool)one.Value!["inputs"]!["value"]!["secret"]!));
        var incidents = resources["incidents"]!["env"]!.AsObject();
        Assert.Equal("{incidentdb.connectionString}", (string)incidents["ConnectionStrings__incidentdb"]!);
        Assert.Equal("{messaging.connectionString}", (string)incidents["ConnectionStrings__messaging"]!);
        Assert.Equal("{incidents.bindings.http.url}", (string)resources["gateway"]!["env"]!["services__incidents__http__0"]!);
        Assert.Equal("data/agent", (string)resources["agent"]!["env"]!["Kener__Agent__BufferPath"]!);
        Assert.False(Directory.Exists(Path.Combine(folder.FullName, ".kener")), "writing a manifest must not create a data folder");
        folder.Delete(recursive: true);
    }
}

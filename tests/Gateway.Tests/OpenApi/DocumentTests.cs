namespace Kener.Gateway.Tests.OpenApi;

/// <summary>Compares the OpenAPI documents of the endpoints with the committed files, or writes the files if KENER_WRITE_OPENAPI=1.</summary>
public sealed class DocumentTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, InlineData("v4"), InlineData("v5")]
    public async Task The_committed_document_matches_the_endpoints(string version)
    {
        await using var api = await WholeApi.StartAsync(builder => builder.Services.AddApiDocument(version));
        var made = await ApiDocument.WriteAsync(api.Host.Services, version, Cancel);
        var file = Path.Combine(Root(), "gateway", "OpenApi", version + ".json");
        if (Environment.GetEnvironmentVariable("KENER_WRITE_OPENAPI") == "1") await File.WriteAllTextAsync(file, made, Cancel);
        Assert.True(await File.ReadAllTextAsync(file, Cancel) == made, $"{file} is not up to date: run this test with KENER_WRITE_OPENAPI=1 and commit the file");
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Kener.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}

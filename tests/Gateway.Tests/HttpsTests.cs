using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kener.ServiceDefaults;
using Microsoft.AspNetCore.Builder;

namespace Kener.Gateway.Tests;

/// <summary>A process can serve HTTPS itself, with a certificate that its settings name.</summary>
public sealed class HttpsTests
{
    [Fact]
    public async Task The_certificate_that_the_settings_name_is_served()
    {
        var folder = Directory.CreateTempSubdirectory("kener-https-");
        try
        {
            var certificate = await WriteAsync(folder.FullName);
            await using var app = KenerApp.CreateBuilder(
            [
                "--urls=https://127.0.0.1:0", $"--Kestrel:Certificates:Default:Path={folder.FullName}/certificate.pem",
                $"--Kestrel:Certificates:Default:KeyPath={folder.FullName}/key.pem",
            ]).Build();
            app.MapGet("/", () => "safe");
            await app.StartAsync(TestContext.Current.CancellationToken);
            string? served = null;
            using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, theirs, _, _) => (served = theirs!.Thumbprint) is not null };
            using var client = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version20 };
            using var answer = await client.GetAsync(new Uri(app.Urls.Single()), TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20, certificate), (answer.StatusCode, answer.Version, served));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> WriteAsync(string folder)
    {
        using var key = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        await File.WriteAllTextAsync(Path.Combine(folder, "certificate.pem"), certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        return certificate.Thumbprint;
    }
}

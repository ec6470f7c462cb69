using Kener.Accounts;
using Kener.Incidents;
using Kener.Monitors;
using Kener.Persistence.Delivery;
using Kener.Status;
using Microsoft.AspNetCore.Builder;

namespace Kener.Gateway.Tests.OpenApi;

/// <summary>Hosts the gateway and all services in one process, with a new data folder.</summary>
internal sealed class WholeApi(Embedded host, string folder) : IAsyncDisposable
{
    public const string Key = "bootstrap-key-0123456789abcdef0123456789";

    public Embedded Host => host;

    public static async Task<WholeApi> StartAsync(Action<WebApplicationBuilder>? add = null)
    {
        var folder = Directory.CreateTempSubdirectory("kener-test-").FullName;
        var host = await Embedded.StartAsync(
            app => app.MapAccounts().MapIncidents().MapMonitors().MapStatus(), null,
            builder =>
            {
                builder.AddAccounts().AddIncidents().AddMonitors().AddStatus();
                builder.AddDelivery();
                add?.Invoke(builder);
            },
            keys: false, ("Kener:Database", "Sqlite"), ("Kener:DataPath", folder), ("Kener:BootstrapApiKey", Key));
        return new WholeApi(host, folder);
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}

using System.Net.Http.Headers;
using Kener.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Kener.Standalone.Demo;

/// <summary>Creates the demo's data through API v4, as any script could: monitors, incidents, then history from now backwards.</summary>
internal sealed class DemoTeller(
    string key, IOptions<KenerSettings> settings, IHttpClientFactory clients, DemoEndpoints endpoints, IServiceProvider services, IHostApplicationLifetime lifetime, TimeProvider clock,
    ILogger<DemoTeller> log) : BackgroundService
{
    private const int Days = 90;
    // Bars and percentages need no more minutes of an old day; all minutes of 90 days would be two million rows.
    private const int MinutesOfOldDays = 120, WholeDays = 2;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        lifetime.ApplicationStopped.Register(() => Directory.Delete(settings.Value.DataPath, recursive: true));
        await lifetime.StartedAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            using var api = clients.CreateClient(nameof(DemoTeller));
            api.BaseAddress = Embedding.OwnAddress(services);
            api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
            await TellAsync(api, stoppingToken);
            // To the terminal, never to the log, which is stored and shipped.
            await Console.Out.WriteLineAsync($"The demo data is complete. API key to try the API with: {key}");
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            log.LogError(fault, "The demo data could not be created completely");
        }
    }

    private async Task TellAsync(HttpClient api, CancellationToken cancel)
    {
        await ChangeAsync(api, "/api/v4/site/siteName", new { value = DemoCompany.Name }, cancel);
        var address = await endpoints.Address.WaitAsync(cancel);
        foreach (var monitor in DemoCompany.Monitors)
            await AddAsync(api, "/api/v4/monitors", Monitor(monitor, address), cancel);
        foreach (var group in DemoCompany.Groups)
            await AddAsync(api, "/api/v4/monitors", Group(group), cancel);
        var order = DemoCompany.Groups.Select(group => group.Tag).Concat(DemoCompany.Monitors.Select(monitor => monitor.Tag));
        await ChangeAsync(api, "/api/v4/pages/~home", new { monitors = order }, cancel);
        var now = clock.GetUtcNow().ToUnixTimeSeconds() / 60 * 60;
        foreach (var monitor in DemoCompany.Monitors.Where(monitor => !monitor.IsChecked))
            await RecordAsync(api, monitor, now - 60, now + 59, "UP", cancel);
        foreach (var incident in DemoCompany.Incidents) await IncidentAsync(api, incident, now, cancel);
        List<DemoMonitor> all = [.. DemoCompany.Monitors, .. DemoCompany.Groups.Select(group => group.AsOne())];
        for (var day = 0; day < Days; day++)
            foreach (var monitor in all) await PastAsync(api, monitor, day, now, cancel);
    }

    private static object Monitor(DemoMonitor monitor, string address) => new
    {
        tag = monitor.Tag,
        name = monitor.Name,
        description = monitor.Description,
        cron = monitor.IsChecked ? "* * * * *" : null,
        monitor_type = monitor.IsChecked ? "API" : "NONE",
        type_data = monitor.IsChecked ? new { url = $"{address}/{monitor.Tag}", method = "GET", timeout = 5_000 } : null,
    };

    private static object Group(DemoGroup group) => new
    {
        tag = group.Tag,
        name = group.Name,
        description = group.Description,
        cron = "* * * * *",
        monitor_type = "GROUP",
        type_data = new { monitors = group.Members.Select(member => new { tag = member.Tag, weight = 1d / group.Members.Length }), latencyCalculation = "AVG" },
    };

    private static async Task IncidentAsync(HttpClient api, DemoIncident incident, long now, CancellationToken cancel)
    {
        var made = await AddAsync(api, "/api/v4/incidents", new
        {
            title = incident.Title,
            start_date_time = now - incident.MinutesAgo * 60L,
            is_global = "NO",
            monitors = incident.Monitors.Select(monitor => new { monitor_tag = monitor.Tag, impact = monitor.Impact }),
        }, cancel);
        var id = made.GetProperty("incident").GetProperty("id").GetInt64();
        foreach (var update in incident.Updates)
            await AddAsync(api, $"/api/v4/incidents/{id}/comments",
                new { state = update.State, comment = update.Markdown, timestamp = now - update.MinutesAgo * 60L }, cancel);
    }

    /// <summary>Records a day of a monitor: UP, with its failures from noon on.</summary>
    private static async Task PastAsync(HttpClient api, DemoMonitor monitor, int daysAgo, long now, CancellationToken cancel)
    {
        var end = daysAgo == 0 ? now - 60 : now / 86_400 * 86_400 - (daysAgo - 1) * 86_400L - 60;
        var midnight = end / 86_400 * 86_400;
        var start = daysAgo <= WholeDays ? midnight : midnight + 12 * 3_600;
        var until = daysAgo <= WholeDays ? end : start + MinutesOfOldDays * 60;
        if (until - start >= 60) await RecordAsync(api, monitor, start, until, "UP", cancel);
        foreach (var trouble in monitor.Troubles.Where(trouble => trouble.DaysAgo == daysAgo && daysAgo > 0))
            await RecordAsync(api, monitor, midnight + 12 * 3_600, midnight + 12 * 3_600 + (trouble.Minutes - 1) * 60, trouble.Status, cancel);
    }

    private static Task RecordAsync(HttpClient api, DemoMonitor monitor, long start, long end, string status, CancellationToken cancel) =>
        ChangeAsync(api, $"/api/v4/monitors/{monitor.Tag}/data",
            new { start_ts = start, end_ts = end, status, latency = monitor.Latency, deviation = monitor.Latency / 5 }, cancel);

    private static async Task<System.Text.Json.JsonElement> AddAsync(HttpClient api, string path, object body, CancellationToken cancel)
    {
        using var answer = await api.PostAsJsonAsync(path, body, cancel);
        return await ReadAsync(answer, path, cancel);
    }

    private static async Task ChangeAsync(HttpClient api, string path, object body, CancellationToken cancel)
    {
        using var answer = await api.PatchAsJsonAsync(path, body, cancel);
        await ReadAsync(answer, path, cancel);
    }

    private static async Task<System.Text.Json.JsonElement> ReadAsync(HttpResponseMessage answer, string path, CancellationToken cancel)
    {
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{path} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancel)}");
        return await answer.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(cancel);
    }
}

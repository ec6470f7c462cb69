using System.Diagnostics;
using System.Text.Json;
using Kener.TestKit;

namespace Kener.EndToEnd.Tests;

/// <summary>Backup and restore of one service's database, by the commands of docs/operating.md.</summary>
[Collection(Hostings.Shared)]
public sealed class RestoreTests(Hostings hostings)
{
    public static TheoryData<Hosting> Both => Hostings.Both;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory, MemberData(nameof(Both))]
    public async Task After_a_restore_of_the_incidents_the_page_follows_the_database_and_shows_new_changes(Hosting hosting)
    {
        await using var kener = await hostings.EmptyAsync(hosting);
        await kener.Api.CreateMonitorAsync("web");
        await kener.Api.RecordAsync("web", Calls.Minute, "UP");
        var kept = await kener.Api.OpenIncidentAsync("Kept by the backup", Calls.Minute - 600, ("web", "DEGRADED"));
        await kener.Visitor.SeesAsync("/", html => html.Contains("Kept by the backup"));
        using var backup = await Backup.MakeAsync(kener.Process, "incidents");

        await kener.Api.PostUpdateAsync(kept, "RESOLVED", "Undone by the restore", Calls.Minute - 300);
        var lost = await kener.Api.OpenIncidentAsync("Lost by the restore", Calls.Minute - 60, ("web", "DOWN"));
        await kener.Visitor.SeesAsync("/", html => html.Contains("Undone by the restore") && html.Contains("Lost by the restore"));

        await backup.RestoreAsync();
        var made = await kener.Api.OpenIncidentAsync("Made after the restore", Calls.Minute, ("web", "DOWN"));
        Assert.True(made > lost, $"The id {made} is not above {lost}, which other services have seen");
        await kener.Visitor.SeesAsync("/", html => html.Contains("Made after the restore") && html.Contains("Kept by the backup")
            && !html.Contains("Undone by the restore") && !html.Contains("Lost by the restore"));
        Assert.Contains("was restored from a backup", kener.Process.OutputSinceLaunch, StringComparison.Ordinal);
        await kener.Api.PostUpdateAsync(kept, "RESOLVED", "Resolved after the restore");
        await kener.Visitor.SeesAsync("/", html => html.Contains("Resolved after the restore"));
        // Its own page may follow a moment later.
        await Eventually.TrueAsync(async () =>
        {
            using var gone = await kener.Visitor.GetAsync($"/incidents/{lost}", Cancel);
            return !gone.IsSuccessStatusCode;
        });
    }

    [Theory, MemberData(nameof(Both))]
    public async Task After_a_restore_of_the_monitors_the_page_follows_the_database_and_shows_new_changes(Hosting hosting)
    {
        await using var kener = await hostings.EmptyAsync(hosting);
        await kener.Api.CreateMonitorAsync("web", "Kept by the backup");
        await kener.Api.RecordAsync("web", Calls.Minute, "UP");
        await kener.Visitor.SeesAsync("/", html => html.Contains("Kept by the backup") && html.Contains("All Systems Operational"));
        using var backup = await Backup.MakeAsync(kener.Process, "monitors");

        var minute = Calls.Minute;
        await kener.Api.RecordAsync("web", minute, "DEGRADED");
        await kener.Api.SendAsync(HttpMethod.Patch, "/api/v4/monitors/web", new { name = "Undone by the restore" });
        await kener.Api.CreateMonitorAsync("lost", "Lost by the restore");
        var lost = await IdAsync("lost");
        await kener.Visitor.SeesAsync("/", html => html.Contains("Undone by the restore") && html.Contains("Lost by the restore"));

        await backup.RestoreAsync();
        await kener.Visitor.SeesAsync("/", html => html.Contains("Kept by the backup") && !html.Contains("Undone by the restore") && !html.Contains("Lost by the restore"));
        await kener.Api.CreateMonitorAsync("lost", "Made after the restore");
        Assert.True(await IdAsync("lost") > lost);
        await kener.Api.SendAsync(HttpMethod.Patch, "/api/v4/monitors/web", new { name = "Changed after the restore" });
        await kener.Api.RecordAsync("web", Math.Max(minute, Calls.Minute), "DOWN");
        await kener.Visitor.SeesAsync("/", html => html.Contains("Made after the restore") && html.Contains("Changed after the restore")
            && !html.Contains("All Systems Operational") && html.Contains("Outage"));

        async Task<long> IdAsync(string tag) => (await kener.Api.SendAsync(HttpMethod.Get, $"/api/v4/monitors/{tag}"))["monitor"]!["id"]!.GetValue<long>();
    }

    [Theory, MemberData(nameof(Both))]
    public async Task A_restored_status_database_receives_everything_it_missed(Hosting hosting)
    {
        await using var kener = await hostings.EmptyAsync(hosting);
        await kener.Api.CreateMonitorAsync("web", "Old name");
        await kener.Api.RecordAsync("web", Calls.Minute, "UP");
        var before = await kener.Api.OpenIncidentAsync("Before the backup", Calls.Minute - 600, ("web", "DEGRADED"));
        await kener.Visitor.SeesAsync("/", html => html.Contains("Before the backup") && html.Contains("Old name"));
        using var backup = await Backup.MakeAsync(kener.Process, "status");

        await kener.Api.RecordAsync("web", Calls.Minute - 86_400, "DOWN");
        await kener.Api.SendAsync(HttpMethod.Patch, "/api/v4/monitors/web", new { name = "New name" });
        await kener.Api.SendAsync(HttpMethod.Delete, $"/api/v4/incidents/{before}");
        var after = await kener.Api.OpenIncidentAsync("After the backup", Calls.Minute - 600, ("web", "DOWN"));
        // Resolved, so that the page does not change in the minutes that the restore takes.
        await kener.Api.SendAsync(HttpMethod.Post, $"/api/v4/incidents/{after}/comments", new { comment = "It works again", state = "RESOLVED", timestamp = Calls.Minute - 60 }, 201);
        var page = await kener.Visitor.SeesAsync("/", html => html.Contains("It works again") && html.Contains("New name") && !html.Contains("Before the backup"));

        await backup.RestoreAsync();
        await kener.Visitor.SeesAsync("/", html => html == page);
        await kener.Api.SendAsync(HttpMethod.Patch, "/api/v4/monitors/web", new { name = "Newest name" });
        await kener.Visitor.SeesAsync("/", html => html.Contains("Newest name"));
    }

    private static readonly string[] CopyPermissions = ["incidents.read", "monitors.read", "api_keys.read", "api_keys.write"];

    [Theory]
    [InlineData("the whole folder, stopped")]
    [InlineData("each database, running")]
    public async Task A_copy_of_the_data_folder_contains_everything(string copied)
    {
        // Without the port, which differs in the copy.
        const string SiteUrl = "https://status.example.com";
        await using var kener = await KenerProcess.StartAsync(new() { ["Kener__BootstrapApiKey"] = KenerProcess.Key, ["Kener__SiteUrl"] = SiteUrl });
        await kener.Api.CreateMonitorAsync("web", "Website");
        await kener.Api.RecordAsync("web", Calls.Minute - 86_400, "DEGRADED", 30);
        var incident = await kener.Api.OpenIncidentAsync("Slow answers", Calls.Minute - 600, ("web", "DOWN"));
        await kener.Api.PostUpdateAsync(incident, "RESOLVED", "It is over", Calls.Minute - 300);
        await kener.Api.SendAsync(HttpMethod.Patch, "/api/v4/site/siteName", new { value = "Example Status" });
        var key = (await kener.Api.SendAsync(HttpMethod.Post, "/api/v5/api-keys", new { name = "copy", permissions = CopyPermissions }, 201))["api_key"]!["key"]!.ToString();
        string[] paths = ["/api/v4/incidents", $"/api/v4/incidents/{incident}/comments", "/api/v4/monitors", $"/api/v4/monitors/web/data?start_ts={Calls.Minute - 90_000}&end_ts={Calls.Minute - 600}", "/api/v5/api-keys"];
        await kener.Visitor.SeesAsync("/", html => html.Contains("It is over") && html.Contains("Example Status"));
        using var before = kener.Client(key);
        var answers = new List<string>();
        foreach (var path in paths) answers.Add((await before.SendAsync(HttpMethod.Get, path)).ToJsonString());

        await using var copy = KenerProcess.Prepare(new() { ["Kener__SiteUrl"] = SiteUrl });
        if (copied == "the whole folder, stopped")
        {
            await kener.TerminateAsync();
            Copy(kener.DataPath, copy.DataPath);
        }
        else
        {
            Directory.CreateDirectory(copy.DataPath);
            foreach (var service in new[] { "accounts", "incidents", "monitors", "status" })
            {
                using var backup = await Backup.MakeAsync(kener, service);
                Copy(backup.Folder, copy.DataPath);
            }
            await kener.TerminateAsync();
        }
        await copy.StartAgainAsync();
        using var after = copy.Client(key);
        foreach (var (path, answer) in paths.Zip(answers)) Assert.Equal(answer, (await after.SendAsync(HttpMethod.Get, path)).ToJsonString());
        await copy.Visitor.SeesAsync("/", html => html.Contains("Website") && html.Contains("Slow answers") && html.Contains("It is over") && html.Contains("Example Status"));
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    /// <summary>Returns the commands below a heading of the document, a string per block.</summary>
    private static string[] Commands(string heading)
    {
        var lines = File.ReadAllLines(Path.Combine(Repository(), "docs", "operating.md")).SkipWhile(line => line != heading).Skip(1)
            .TakeWhile(line => !line.StartsWith('#')).ToList();
        var blocks = new List<string>();
        for (var i = 0; i < lines.Count; i++)
        {
            if (!lines[i].StartsWith("    ", StringComparison.Ordinal)) continue;
            if (i > 0 && lines[i - 1].StartsWith("    ", StringComparison.Ordinal)) blocks[^1] += "\n" + lines[i].Trim();
            else blocks.Add(lines[i].Trim());
        }
        Assert.Equal(2, blocks.Count);
        return [.. blocks];
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Kener.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    /// <summary>A backup of one service's database, in its own folder.</summary>
    private sealed class Backup : IDisposable
    {
        private static readonly Dictionary<string, string> Databases = new() { ["incidents"] = "incidentdb", ["monitors"] = "monitordb", ["status"] = "statusdb" };
        private readonly KenerProcess _kener;
        private readonly string _service;

        private Backup(KenerProcess kener, string service) => (_kener, _service) = (kener, service);

        public string Folder { get; } = Directory.CreateTempSubdirectory("kener-backup-").FullName;

        public static async Task<Backup> MakeAsync(KenerProcess kener, string service)
        {
            var made = new Backup(kener, service);
            await made.RunAsync(made.Blocks[0]);
            return made;
        }

        public async Task RestoreAsync()
        {
            if (_kener.Hosting == Hosting.Distributed)
            {
                var stopped = Tree.All(_kener.ProcessId, Program);
                await RunAsync(Blocks[1]);
                await Eventually.TrueAsync(() => Task.FromResult(stopped.All(Tree.IsGone)));
                await Eventually.TrueAsync(() => _kener.IsWellAsync(Program), 180);
                await Eventually.TrueAsync(AnswersAsync);
                return;
            }
            await _kener.TerminateAsync();
            await RunAsync(Blocks[1]);
            await _kener.StartAgainAsync();
        }

        private async Task<bool> AnswersAsync()
        {
            using var answer = await _kener.Api.GetAsync($"/api/v4/{(_service == "status" ? "pages" : _service)}", Cancel);
            return answer.IsSuccessStatusCode;
        }

        public void Dispose() => Directory.Delete(Folder, recursive: true);

        private string[] Blocks => Commands(_kener.Hosting == Hosting.Distributed ? "### One service's database, distributed" : "### One service's database, embedded");

        private string Program => $"Kener.{char.ToUpperInvariant(_service[0])}{_service[1..]}.dll";

        private async Task RunAsync(string commands)
        {
            var start = new ProcessStartInfo("bash", ["-euc", commands]) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["BACKUP"] = Folder;
            if (_kener.Hosting == Hosting.Distributed)
            {
                var secrets = JsonSerializer.Deserialize<Dictionary<string, string>>(await File.ReadAllTextAsync(Path.Combine(_kener.DataPath, "secrets.json"), Cancel))!;
                (start.Environment["PGHOST"], start.Environment["PGUSER"]) = ("127.0.0.1", "postgres");
                start.Environment["PGPORT"] = $"{AppHostTests.Ports(_kener.OutputSinceLaunch)["postgres"]}";
                start.Environment["PGPASSWORD"] = secrets["postgres-password"];
                start.Environment["DB"] = Databases[_service];
                start.Environment["PIDS"] = string.Join(' ', Tree.All(_kener.ProcessId, Program).Select(member => member.Id));
            }
            else (start.Environment["DATA"], start.Environment["DB"]) = (_kener.DataPath, _service);
            using var process = Process.Start(start)!;
            var (output, error) = (process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
            await process.WaitForExitAsync(Cancel);
            Assert.True(process.ExitCode == 0, $"{commands}\n{await output}{await error}");
        }
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Kener.Accounts;
using Kener.Incidents;
using Kener.Monitors;
using Kener.ServiceDefaults;
using Kener.Status;
using Kener.TestKit;
using Microsoft.Data.Sqlite;

namespace Kener.Gateway.Tests.Upgrade;

/// <summary>The dump of a build in <c>tests/dumps/VERSION</c>: its databases of that kind, and its responses.</summary>
internal sealed class Dump(string version, DatabaseKind database)
{
    private static readonly Dictionary<string, string> Modules = new()
    {
        ["accounts"] = "accountdb",
        ["incidents"] = "incidentdb",
        ["monitors"] = "monitordb",
        ["status"] = "statusdb",
    };

    /// <summary>The time at which all dumps are made, by their shifted clock.</summary>
    public static DateTimeOffset MadeAt { get; } = new(2026, 12, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The version of this build.</summary>
    public static string Current { get; } = typeof(Dump).Assembly.GetName().Version!.ToString(3);

    /// <summary>Whether the dumps of this build are written again.</summary>
    public static bool IsWriting { get; } = Environment.GetEnvironmentVariable("KENER_WRITE_DUMPS") == "1";

    /// <summary>The versions that have dumps.</summary>
    public static IReadOnlyList<string> Versions { get; } =
        [.. Directory.GetDirectories(Folder()).Select(folder => Path.GetFileName(folder)!).Union(IsWriting ? [Current] : []).Order(StringComparer.Ordinal)];

    private string Place { get; } = Folder(version, database.ToString().ToLowerInvariant());

    private string AnswerFile => Path.Combine(Place, "answers.json");

    /// <summary>Returns a folder below <c>tests/dumps</c>, or <c>tests/dumps</c> itself.</summary>
    public static string Folder(params string[] below)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Kener.sln"))) folder = Path.GetDirectoryName(folder)!;
        return Path.Combine([folder, "tests", "dumps", .. below]);
    }

    /// <summary>Writes the dump of this build.</summary>
    public async Task WriteAsync()
    {
        Directory.CreateDirectory(Place);
        await using var databases = new Databases(database);
        if (database == DatabaseKind.PostgreSQL)
            foreach (var name in Modules.Values) databases.Add(name, await PostgresDatabase.CreateAsync());
        await using (var kener = await databases.StartAsync(MadeAt))
        {
            await Inventory.FillAsync(kener);
            var answers = (await Inventory.ReadAsync(kener)).Select(answer => $"{JsonSerializer.Serialize(answer.Key)}: {answer.Value!.ToJsonString()}");
            await File.WriteAllTextAsync(AnswerFile, "{\n" + string.Join(",\n", answers) + "\n}\n", TestContext.Current.CancellationToken);
        }
        foreach (var (file, name) in Modules)
        {
            if (database == DatabaseKind.PostgreSQL)
                await File.WriteAllTextAsync(Path.Combine(Place, file + ".sql"), await PostgresDump.WriteAsync(databases.Connection(name)), TestContext.Current.CancellationToken);
            else await CompactAsync(Path.Combine(databases.Folder, file + ".db"), Path.Combine(Place, file + ".db"));
        }
    }

    /// <summary>Returns new databases with the contents of the dump.</summary>
    public async Task<Databases> RestoreAsync()
    {
        var databases = new Databases(database);
        foreach (var (file, name) in Modules)
        {
            if (database == DatabaseKind.PostgreSQL)
                databases.Add(name, await PostgresDump.RestoreAsync(await File.ReadAllTextAsync(Path.Combine(Place, file + ".sql"), TestContext.Current.CancellationToken)));
            else File.Copy(Path.Combine(Place, file + ".db"), Path.Combine(databases.Folder, file + ".db"));
        }
        return databases;
    }

    /// <summary>Returns the responses of that build, by path.</summary>
    public JsonObject Answers() => JsonNode.Parse(File.ReadAllText(AnswerFile))!.AsObject();

    private static async Task CompactAsync(string from, string to)
    {
        File.Delete(to);
        await using var connection = new SqliteConnection($"Data Source={from};Pooling=False");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "VACUUM INTO $to";
        command.Parameters.AddWithValue("$to", to);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}

/// <summary>The four databases of an installation.</summary>
internal sealed class Databases(DatabaseKind kind) : IAsyncDisposable
{
    private readonly Dictionary<string, string?> _settings = [];
    private readonly List<Func<ValueTask>> _drops = [];

    /// <summary>The data folder.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("kener-test-").FullName;

    public void Add(string name, (string Connection, Func<ValueTask> Drop) made)
    {
        _settings[$"ConnectionStrings:{name}"] = made.Connection;
        _drops.Add(made.Drop);
    }

    public string Connection(string name) => _settings[$"ConnectionStrings:{name}"]!;

    /// <summary>Starts all modules with these databases and a clock that begins at that time.</summary>
    public Task<ModuleHost> StartAsync(DateTimeOffset at) => ModuleHost.StartAsync(
        kind, builder => builder.AddAccounts().AddIncidents().AddMonitors().AddStatus(), app => app.MapAccounts().MapIncidents().MapMonitors().MapStatus(),
        new ShiftedClock(at), Folder, _settings);

    public async ValueTask DisposeAsync()
    {
        foreach (var drop in _drops) await drop();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Begins at <paramref name="start"/> and runs at the speed of the system's clock.</summary>
    private sealed class ShiftedClock(DateTimeOffset start) : TimeProvider
    {
        private readonly TimeSpan _ahead = start - System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + _ahead;
    }
}

using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Kener.TestKit;

namespace Kener.LocalHosting.Tests;

/// <summary>Processes: what dies comes back, what gives up stops the start, what is stopped is gone.</summary>
public sealed class LifeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kener-life-").FullName;
    private readonly Spawner _spawner = new();

    private Leftovers Leftovers => new(Path.Combine(_folder, "processes"));

    [Fact]
    public async Task What_dies_is_started_again_and_again()
    {
        using var life = Shell("echo x >> starts; sleep 0.05; kill -9 $$");
        _ = life.RunAsync([]);
        await Eventually.TrueAsync(() => Task.FromResult(Lines("starts") >= 3), 20);
        await life.StopAsync();
        var starts = Lines("starts");
        Assert.Empty(Running("starts"));
        Assert.Equal(starts, Lines("starts"));
    }

    [Fact]
    public async Task What_gives_up_before_it_was_ready_stops_the_start()
    {
        using var life = Shell("exit 3", isReady: false);
        var fault = await Assert.ThrowsAsync<DistributedApplicationException>(() => life.RunAsync([]));
        Assert.Contains("shell ended with code 3", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_waits_for_another_starts_when_that_one_is_ready()
    {
        using var first = Shell("while :; do sleep 0.05; done", isReady: false);
        using var second = Shell("echo x >> second; while :; do sleep 0.05; done");
        _ = first.RunAsync([]);
        var run = second.RunAsync([first]);
        await second.StopAsync();
        await run;
        Assert.Equal(0, Lines("second"));
        await first.StopAsync();
    }

    [Fact]
    public async Task A_stop_asks_first()
    {
        using var life = Shell("trap 'echo bye > ended; exit 0' TERM; echo x > began; while :; do sleep 0.05; done");
        _ = life.RunAsync([]);
        await Eventually.TrueAsync(() => Task.FromResult(Lines("began") == 1));
        await life.StopAsync();
        Assert.Equal(1, Lines("ended"));
    }

    [Fact]
    public async Task What_an_earlier_run_left_is_ended_and_who_only_bears_its_number_is_not()
    {
        using var left = Process.Start("sleep", ["600"]);
        using var stranger = Process.Start("sleep", ["600"]);
        Leftovers.Note(left, Signal.Terminate);
        var note = (await File.ReadAllTextAsync(Path.Combine(_folder, "processes"), TestContext.Current.CancellationToken)).Split(' ');
        await File.AppendAllTextAsync(Path.Combine(_folder, "processes"), $"{stranger.Id} 15 {long.Parse(note[2], null) - 1_000}\nnonsense\n", TestContext.Current.CancellationToken);
        await Leftovers.EndAsync(TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.True(left.HasExited);
        Assert.False(stranger.HasExited);
        Assert.False(File.Exists(Path.Combine(_folder, "processes")));
        stranger.Kill();
    }

    [Fact]
    public void A_folder_belongs_to_one_at_a_time()
    {
        using var first = new DataFolder(Path.Combine(_folder, "data"));
        using var second = new DataFolder(Path.Combine(_folder, "data"));
        first.Claim();
        Assert.Contains("in use by another Kener", Assert.Throws<DistributedApplicationException>(second.Claim).Message, StringComparison.Ordinal);
        first.Dispose();
        second.Claim();
    }

    public void Dispose()
    {
        _spawner.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Life Shell(string script, bool isReady = true) => new(new Unit
    {
        Name = "shell",
        Resource = new ProjectResource("shell"),
        Where = "",
        CommandAsync = _ => Task.FromResult(new Command("/bin/sh", "-c", $"cd {_folder}; {script}")
        {
            Environment = new Dictionary<string, string?> { ["PATH"] = Environment.GetEnvironmentVariable("PATH") },
        }),
        TryAsync = _ => isReady ? Task.CompletedTask : throw new IOException("Never"),
    }, _spawner, Leftovers, Given.Silent, TimeProvider.System);

    private int Lines(string file) => File.Exists(Path.Combine(_folder, file)) ? File.ReadAllLines(Path.Combine(_folder, file)).Length : 0;

    private List<string> Running(string word) => [.. Directory.GetDirectories("/proc").Select(folder => Path.Combine(folder, "cmdline")).Where(File.Exists)
        .Select(file => { try { return File.ReadAllText(file); } catch (IOException) { return ""; } })
        .Where(command => command.Contains(_folder, StringComparison.Ordinal) && command.Contains(word, StringComparison.Ordinal))];
}

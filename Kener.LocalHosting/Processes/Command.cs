using System.Diagnostics;

namespace Kener.LocalHosting;

/// <summary>A process to start.</summary>
internal sealed record Command(string Program, params string[] Arguments)
{
    /// <summary>All of its environment: nothing of ours comes by itself.</summary>
    public required IReadOnlyDictionary<string, string?> Environment { get; init; }

    /// <summary>The user that it runs as; null for ours.</summary>
    public Account? As { get; init; }

    /// <summary>How it is asked to end.</summary>
    public Signal StopBy { get; init; } = Signal.Terminate;

    /// <summary>What it reads from its standard input, which ends after that.</summary>
    public string Input { get; init; } = "";

    /// <summary>
    /// On Linux in a session of its own, so that Ctrl-C reaches only us, who then end it in its turn; and told by the system to end when
    /// we are killed.
    /// </summary>
    public ProcessStartInfo ToStart()
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Installed.OnPath("setsid") is { } session && Installed.OnPath("setpriv") is { } privileges)
        {
            start.FileName = session;
            foreach (var word in (string[])[privileges, "--pdeathsig", StopBy == Signal.Interrupt ? "INT" : "TERM", .. Identity, "--", Program]) start.ArgumentList.Add(word);
        }
        foreach (var word in Arguments) start.ArgumentList.Add(word);
        start.Environment.Clear();
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        return start;
    }

    private string[] Identity => As is null ? [] : [$"--reuid={As.User}", $"--regid={As.Group}", "--clear-groups"];
}

using System.Diagnostics;

namespace Kener.Bench;

/// <summary>A child process of this program, for a part of a benchmark that must not share memory and threads with what is measured.</summary>
internal static class Child
{
    /// <summary>Starts a process with these arguments; the first is its name in Program.cs. It ends when its standard input is closed.</summary>
    public static Process Start(params string[] arguments) => Start([], arguments);

    /// <summary>As above, with these variables added to its environment.</summary>
    public static Process Start(IEnumerable<(string Name, string Value)> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Child).Assembly.Location, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}

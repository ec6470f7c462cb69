using System.Diagnostics;

namespace Kener.Bench;

/// <summary>Another process of this program, for a part of a benchmark that must not share memory and threads with what is measured.</summary>
internal static class Child
{
    /// <summary>Starts it with that name and those arguments. It ends when its standard input does.</summary>
    public static Process Start(params string[] arguments) => Start([], arguments);

    /// <summary>The same with these in its environment.</summary>
    public static Process Start(IEnumerable<(string Name, string Value)> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Child).Assembly.Location, .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}

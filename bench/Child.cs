using System.Diagnostics;

namespace Kener.Bench;

/// <summary>Another process of this program, for a part of a benchmark that must not share memory and threads with what is measured.</summary>
internal static class Child
{
    /// <summary>Starts it with that name and those arguments. It ends when its standard input does.</summary>
    public static Process Start(params string[] arguments) => Process.Start(new ProcessStartInfo("dotnet", [typeof(Child).Assembly.Location, .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!;
}

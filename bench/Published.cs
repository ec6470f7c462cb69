using System.Diagnostics;
using System.Reflection;

namespace Kener.Bench;

/// <summary>Kener as it is published for operators, made by <c>tests/publish</c> from the sources here, as <c>./test</c> does.</summary>
internal static class Published
{
    private static readonly string Root = typeof(Published).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "Root").Value!;

    /// <summary>The program of the native gateway, once <see cref="GatewayAsync"/> has made it.</summary>
    public static string Gateway => Path.Combine(Root, "obj/native/gateway/Kener.Gateway");

    public static Task GatewayAsync() => MakeAsync("gateway");

    public static Task StandaloneAsync() => MakeAsync("standalone");

    private static async Task MakeAsync(string what)
    {
        using var publish = Process.Start(Path.Combine(Root, "tests/publish"), [what]);
        await publish.WaitForExitAsync();
        if (publish.ExitCode != 0) throw new InvalidOperationException($"The {what} could not be published");
        // The compiler's server would be busy beside what is measured.
        using var shutdown = Process.Start(new ProcessStartInfo("dotnet", ["build-server", "shutdown"]) { RedirectStandardOutput = true })!;
        await shutdown.StandardOutput.ReadToEndAsync();
        await shutdown.WaitForExitAsync();
    }
}

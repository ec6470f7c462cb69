using System.Diagnostics;
using System.Reflection;

namespace Kener.Bench;

/// <summary>Kener as operators install it, published by <c>tests/publish</c> from this checkout, as <c>./test</c> does.</summary>
internal static class Published
{
    private static readonly string Root = typeof(Published).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "Root").Value!;

    /// <summary>The path of the native gateway; call <see cref="GatewayAsync"/> first, which publishes it.</summary>
    public static string Gateway => Path.Combine(Root, "obj/native/gateway/Kener.Gateway");

    public static Task GatewayAsync() => MakeAsync("gateway");

    public static Task StandaloneAsync() => MakeAsync("standalone");

    private static async Task MakeAsync(string what)
    {
        using var publish = Process.Start(Path.Combine(Root, "tests/publish"), [what]);
        await publish.WaitForExitAsync();
        if (publish.ExitCode != 0) throw new InvalidOperationException($"Publishing the {what} failed; its output says why");
        // The compiler server would otherwise take processor time from the benchmark.
        using var shutdown = Process.Start(new ProcessStartInfo("dotnet", ["build-server", "shutdown"]) { RedirectStandardOutput = true })!;
        await shutdown.StandardOutput.ReadToEndAsync();
        await shutdown.WaitForExitAsync();
    }
}

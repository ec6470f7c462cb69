using System.Net.Sockets;

namespace Kener.Hosting.Servers;

/// <summary>Detects whether a container engine answers on this machine. An installed client proves nothing: its daemon may be missing.</summary>
internal static class ContainerEngine
{
    private static readonly Lazy<bool> Reachable = new(() => Sockets().Any(Answers));

    public static bool IsReachable => Reachable.Value;

    private static IEnumerable<string> Sockets()
    {
        if (Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } given)
        {
            // An engine on another machine does not publish ports on this one's loopback address.
            return given.StartsWith("unix://", StringComparison.Ordinal) ? [given["unix://".Length..]] : [];
        }
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return ["/var/run/docker.sock", Path.Combine(home, ".docker/run/docker.sock"), Path.Combine(home, ".docker/desktop/docker.sock")];
    }

    private static bool Answers(string path)
    {
        if (!File.Exists(path)) return false;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Kener.TestKit;

/// <summary>The processes of this machine and the addresses they listen on, read from /proc.</summary>
public static class Tree
{
    private static readonly string[] SocketTables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>A process, identified by its id and its start time: ids are reused.</summary>
    public sealed record Member(int Id, string Started, string Command);

    public sealed record Listener(IPEndPoint At, string Socket);

    /// <summary>
    /// Returns all descendants of this process. An app host's processes are children of Aspire's orchestrator, which is no child of the app host, but
    /// names the app host's id on its command line.
    /// </summary>
    public static List<Member> Below(int process)
    {
        var all = Directory.GetDirectories("/proc").Select(folder => Path.GetFileName(folder)).Where(name => name.All(char.IsAsciiDigit))
            .Select(name => Look(int.Parse(name, CultureInfo.InvariantCulture))).OfType<(Member Member, int Parent)>().ToList();
        List<Member> below = [];
        var open = new Queue<int>([process]);
        while (open.TryDequeue(out var parent))
        {
            foreach (var (member, _) in all.Where(one => one.Parent == parent || one.Member.Command.Contains($"dcp start-apiserver --monitor {parent} ", StringComparison.Ordinal)))
            {
                below.Add(member);
                open.Enqueue(member.Id);
            }
        }
        return below;
    }

    /// <summary>Returns the descendants whose command contains this text, without the shells that run such a command.</summary>
    public static List<Member> All(int process, string program) => Below(process)
        .FindAll(member => member.Command.Contains(program, StringComparison.Ordinal) && !member.Command.StartsWith("/bin/sh ", StringComparison.Ordinal));

    public static Member Find(int process, string program) => All(process, program)[0];

    /// <summary>Returns the environment that the process was started with.</summary>
    public static IEnumerable<(string Name, string Value)> EnvironmentOf(Member member) => File.ReadAllText($"/proc/{member.Id}/environ")
        .Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=', 2)).Select(parts => (parts[0], parts[1]));

    public static bool IsGone(Member member) => Look(member.Id)?.Member.Started != member.Started;

    public static void Kill(Member member)
    {
        using var process = Process.GetProcessById(member.Id);
        process.Kill();
    }

    /// <summary>Sends a process a signal, such as "TERM".</summary>
    public static async Task SignalAsync(int process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Returns the inodes of a process's sockets.</summary>
    public static IEnumerable<string> SocketsOf(Member member) => Directory.Exists($"/proc/{member.Id}/fd")
        ? Directory.GetFiles($"/proc/{member.Id}/fd").Select(file => new FileInfo(file).LinkTarget).OfType<string>()
            .Where(target => target.StartsWith("socket:[", StringComparison.Ordinal)).Select(target => target[8..^1])
        : [];

    public static IEnumerable<Listener> Listening() => SocketTables.Where(File.Exists).SelectMany(File.ReadLines)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words is [_, _, _, "0A", ..])
        .Select(words => new Listener(Parse(words[1]), words[9]));

    private static (Member Member, int Parent)? Look(int id)
    {
        try
        {
            // "12 (name) S parent … started": the name may contain anything, even a parenthesis.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var words = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            // A zombie has ended and waits for its parent to reap it.
            if (words[0] == "Z") return null;
            var command = File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' ');
            return (new Member(id, words[19], command), int.Parse(words[1], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }

    // Groups of four bytes, each in the machine's byte order.
    private static IPEndPoint Parse(string text)
    {
        var bytes = Convert.FromHexString(text.Split(':')[0]);
        for (var i = 0; i < bytes.Length; i += 4) Array.Reverse(bytes, i, 4);
        return new IPEndPoint(new IPAddress(bytes), int.Parse(text.Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }
}

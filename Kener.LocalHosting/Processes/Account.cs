using Aspire.Hosting;

namespace Kener.LocalHosting;

/// <summary>The user that a server runs as, where Kener itself runs as root.</summary>
internal sealed record Account(string Name, uint User, uint Group)
{
    private const string Known = "/etc/passwd";

    /// <summary>That user, or nobody; null where we are no root, and the server runs as who started us.</summary>
    public static Account? For(string name)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) return null;
        return Find(name) ?? Find("nobody") ?? throw new DistributedApplicationException($"There is neither a user '{name}' nor 'nobody', and a server is not run as root");
    }

    /// <summary>Gives it a file or folder.</summary>
    public void Own(string path) => Native.Give(path, User, Group);

    private static Account? Find(string name)
    {
        foreach (var line in File.ReadLines(Known))
            if (line.Split(':') is [var user, _, var id, var group, ..] && user == name)
                return new Account(name, uint.Parse(id, null), uint.Parse(group, null));
        return null;
    }
}

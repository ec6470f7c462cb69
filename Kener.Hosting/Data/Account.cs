using System.Runtime.InteropServices;

namespace Kener.Hosting.Data;

/// <summary>The user that a server runs as where the app host runs as root.</summary>
internal sealed partial record Account(string Name, uint User, uint Group)
{
    /// <summary>The words before a command that run it as this user.</summary>
    public string[] Prefix => ["/usr/bin/setpriv", $"--reuid={User}", $"--regid={Group}", "--clear-groups", "--"];

    /// <summary>The user of that name, or the system's user <c>nobody</c> where it is missing; null where the app host is not root: the server runs as its user then.</summary>
    public static Account? For(string name) => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess ? Find(name) ?? Find("nobody") : null;

    /// <summary>Gives this user a file or folder.</summary>
    public void Own(string path)
    {
        if (ChangeOwner(path, User, Group) != 0)
            throw new IOException($"'{path}' could not be given to user {Name}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    private static Account? Find(string name)
    {
        foreach (var line in File.ReadLines("/etc/passwd"))
            if (line.Split(':') is [var user, _, var id, var group, ..] && user == name) return new Account(name, uint.Parse(id, null), uint.Parse(group, null));
        return null;
    }

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}

using System.Runtime.InteropServices;

namespace Kener.Hosting.Data;

/// <summary>The user that a server runs as if the app host runs as root.</summary>
internal sealed partial record Account(string Name, uint User, uint Group)
{
    /// <summary>The arguments before a command that run it as this user.</summary>
    public string[] Prefix => ["/usr/bin/setpriv", $"--reuid={User}", $"--regid={Group}", "--clear-groups", "--"];

    /// <summary>
    /// Returns the user of that name, or the system's user <c>nobody</c> if it is missing; null if the app host is not root, because the server then
    /// runs as the app host's user.
    /// </summary>
    public static Account? For(string name) => OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess ? Find(name) ?? Find("nobody") : null;

    /// <summary>Makes this user the owner of a file or folder.</summary>
    public void Own(string path)
    {
        if (ChangeOwner(path, User, Group) != 0)
            throw new IOException($"The owner of '{path}' could not be changed to {Name}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
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

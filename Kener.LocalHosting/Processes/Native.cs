using System.Runtime.InteropServices;

namespace Kener.LocalHosting;

/// <summary>A request to a process to end.</summary>
internal enum Signal
{
    /// <summary>Ctrl-C; PostgreSQL's fast shutdown.</summary>
    Interrupt = 2,
    Kill = 9,
    Terminate = 15,
}

/// <summary>What .NET has no name for.</summary>
internal static partial class Native
{
    /// <summary>Sends the signal; one that comes too late does nothing.</summary>
    public static void Send(Signal signal, int process) => _ = Kill(process, (int)signal);

    /// <summary>Gives a file or folder to another user.</summary>
    public static void Give(string path, uint user, uint group)
    {
        if (ChangeOwner(path, user, group) != 0)
            throw new IOException($"'{path}' could not be given to user {user}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ChangeOwner(string path, uint user, uint group);
}

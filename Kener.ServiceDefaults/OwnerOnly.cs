namespace Kener.ServiceDefaults;

/// <summary>
/// Creates files and folders that other users of the machine cannot read. On Windows they inherit the access rules of their folder.
/// </summary>
public static class OwnerOnly
{
    private const UnixFileMode ReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite, All = ReadWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Creates the folder with mode 0700; leaves an existing one as it is.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, All);
    }

    /// <summary>Creates a file with mode 0600 from the start; fails if there is already a file or a link.</summary>
    public static FileStream CreateFile(string path) => new(path, Options(FileMode.CreateNew, FileAccess.Write));

    /// <summary>Opens a file for this process alone; creates it with mode 0600 if it is missing.</summary>
    public static FileStream Claim(string path) => new(path, Options(FileMode.OpenOrCreate, FileAccess.ReadWrite));

    /// <summary>
    /// Removes the access of other users from an existing file or folder; keeps that of the group, which an operator may have granted. Leaves a path
    /// of another owner, and a folder for everyone such as /tmp, as they are.
    /// </summary>
    public static void Close(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        try
        {
            var mode = File.GetUnixFileMode(path);
            if ((mode & Others) != 0 && (mode & UnixFileMode.StickyBit) == 0) File.SetUnixFileMode(path, mode & ~Others);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Only the owner may change the mode; the files inside are created with mode 0600 in any case.
        }
    }

    private static FileStreamOptions Options(FileMode mode, FileAccess access)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = ReadWrite;
        return options;
    }
}

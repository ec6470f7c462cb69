using Aspire.Hosting;

namespace Kener.LocalHosting;

/// <summary>The folder of the servers' data and of the secrets that were made up for them. It belongs to one app host at a time.</summary>
internal sealed class DataFolder(string path) : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Passable = Owner | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const string Elsewhere = "/var/lib/kener";
    private FileStream? _claim;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public Secrets Secrets => new(System.IO.Path.Combine(Path, "secrets.json"));

    public Leftovers Leftovers => new(System.IO.Path.Combine(Path, "processes"));

    /// <summary>Makes the folder and claims it until we end, however we end.</summary>
    public void Claim()
    {
        try
        {
            Directory.CreateDirectory(Path);
            // As root, the servers' users must be able to walk through.
            File.SetUnixFileMode(Path, Environment.IsPrivilegedProcess ? Passable : Owner);
            _claim = new FileStream(System.IO.Path.Combine(Path, "kener.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new DistributedApplicationException($"Kener__DataPath: the folder '{Path}' can not be written: {fault.Message}");
        }
        catch (IOException fault)
        {
            throw new DistributedApplicationException(
                $"Kener__DataPath: the folder '{Path}' is in use by another Kener, or can not be written ({fault.Message}). Stop that one, or give this one another folder.");
        }
    }

    /// <summary>A server's own folder, made if it is missing. Where its user can not come here (below /root, say), it is a link.</summary>
    public string Of(string resource, Account? account)
    {
        var folder = System.IO.Path.Combine(Path, resource);
        if (!Directory.Exists(folder))
        {
            if (account is null || IsPassable(Path)) Directory.CreateDirectory(folder, Owner);
            else Directory.CreateSymbolicLink(folder, Made($"{Elsewhere}/{Guid.NewGuid():N}"));
        }
        // The user is told the way that he can go.
        folder = new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder;
        account?.Own(folder);
        return folder;
    }

    public void Dispose() => _claim?.Dispose();

    private static string Made(string folder)
    {
        Directory.CreateDirectory(folder, Owner);
        File.SetUnixFileMode(Elsewhere, Passable);
        return folder;
    }

    /// <summary>Whether others may walk through this folder and all above it.</summary>
    private static bool IsPassable(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
            if ((at.UnixFileMode & UnixFileMode.OtherExecute) == 0) return false;
        return true;
    }
}

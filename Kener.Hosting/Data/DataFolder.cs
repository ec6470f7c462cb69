using System.Security.Cryptography;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Kener.Hosting.Data;

/// <summary>The folder of the servers' data and of the secrets that were generated for them. It belongs to one app host at a time.</summary>
internal sealed class DataFolder(string path) : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Passable = Owner | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const string Elsewhere = "/var/lib/kener", Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private FileStream? _claim;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public KeptValues Secrets => new(System.IO.Path.Combine(Path, "secrets.json"));

    /// <summary>The kind of each server at the time when its data was created, by server name.</summary>
    public KeptValues Kinds => new(System.IO.Path.Combine(Path, "servers.json"));

    /// <summary>Creates the folder and locks it until this process ends, however it ends.</summary>
    public void Claim()
    {
        try
        {
            Directory.CreateDirectory(Path);
            // If this is root, the servers' own users must be able to pass through.
            File.SetUnixFileMode(Path, Environment.IsPrivilegedProcess ? Passable : Owner);
            _claim = new FileStream(System.IO.Path.Combine(Path, "kener.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new DistributedApplicationException($"Kener__DataPath: the folder '{Path}' cannot be written: {fault.Message}");
        }
        catch (IOException fault)
        {
            throw new DistributedApplicationException(
                $"Kener__DataPath: the folder '{Path}' is in use by another Kener, or cannot be written ({fault.Message}). Stop that one, or give this one another folder.");
        }
    }

    /// <summary>
    /// Returns a server's own folder, created if it is missing. It is a link if the server's user cannot reach it (below /root, for example).
    /// </summary>
    public string Of(string resource, Account? account)
    {
        var folder = System.IO.Path.Combine(Path, resource);
        if (!Directory.Exists(folder))
        {
            if (account is null || IsPassable(Path)) Directory.CreateDirectory(folder, Owner);
            else Directory.CreateSymbolicLink(folder, Made($"{Elsewhere}/{Guid.NewGuid():N}"));
        }
        folder = new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? folder;
        account?.Own(folder);
        return folder;
    }

    /// <summary>Adds a secret parameter whose value is generated once and stored beside the data that it protects.</summary>
    public ParameterResource Password(IDistributedApplicationBuilder builder, string name) => Parameter(builder, name, 32).Resource;

    /// <summary>
    /// Does the same for a value of <paramref name="length"/> characters and returns the builder. <c>Parameters__name_of_it</c> sets another value.
    /// </summary>
    public IResourceBuilder<ParameterResource> Parameter(IDistributedApplicationBuilder builder, string name, int length)
    {
        var given = builder.Configuration[$"Parameters:{name.Replace('-', '_')}"];
        return builder.AddParameter(name, () => given ?? Secrets.Keep(name, () => RandomNumberGenerator.GetString(Letters, length)), secret: true);
    }

    public void Dispose() => _claim?.Dispose();

    private static string Made(string folder)
    {
        Directory.CreateDirectory(folder, Owner);
        File.SetUnixFileMode(Elsewhere, Passable);
        return folder;
    }

    private static bool IsPassable(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
            if ((at.UnixFileMode & UnixFileMode.OtherExecute) == 0) return false;
        return true;
    }
}

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

    /// <summary>The kind of each server, by its name, as it was when its data was made.</summary>
    public KeptValues Kinds => new(System.IO.Path.Combine(Path, "servers.json"));

    /// <summary>Makes the folder and locks it until this process ends, however it ends.</summary>
    public void Claim()
    {
        try
        {
            Directory.CreateDirectory(Path);
            // As root, the servers' users must be able to pass through.
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

    /// <summary>Returns a server's own folder, made if it is missing. Where its user cannot reach it (below /root, say), it is a link.</summary>
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

    /// <summary>A secret parameter whose value is generated once and kept beside the data that it opens.</summary>
    public ParameterResource Password(IDistributedApplicationBuilder builder, string name) => Parameter(builder, name, 32).Resource;

    /// <summary>The same as a builder, with so many letters. <c>Parameters__name_of_it</c> gives it another value.</summary>
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

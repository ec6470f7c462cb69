namespace Kener.Hosting.Data;

/// <summary>Writes files that contain secrets.</summary>
internal static class SecretFile
{
    /// <summary>Writes a new file, replacing an older one, that only <paramref name="owner"/> (null: the present user) can read.</summary>
    public static async Task WriteAsync(string path, string? text, Account? owner, CancellationToken cancel)
    {
        File.Delete(path);
        await using (var writer = new StreamWriter(Create(path))) await writer.WriteAsync(text.AsMemory(), cancel);
        owner?.Own(path);
    }

    /// <summary>Creates a file with mode 0600.</summary>
    public static FileStream Create(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });
}

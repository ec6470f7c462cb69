namespace Kener.LocalHosting;

/// <summary>Files that hold secrets.</summary>
internal static class Files
{
    /// <summary>Writes a file anew that only that user, or we, can read.</summary>
    public static async Task WriteAsync(string path, string? text, Account? owner, CancellationToken cancel)
    {
        File.Delete(path);
        await using (var stream = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            await using var writer = new StreamWriter(stream);
            await writer.WriteAsync(text.AsMemory(), cancel);
        }
        owner?.Own(path);
    }
}

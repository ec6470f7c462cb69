using System.Text.Json;

namespace Kener.LocalHosting;

/// <summary>Secrets that were made up, in a file that only its owner can read. They stay with the data that they open.</summary>
internal sealed class Secrets(string file)
{
    private static readonly Lock Gate = new();
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    /// <summary>The secret of that name; where there is none yet, it is made and kept.</summary>
    public string Keep(string name, Func<string> make)
    {
        lock (Gate)
        {
            var known = File.Exists(file) ? JsonSerializer.Deserialize<SortedDictionary<string, string>>(File.ReadAllText(file)) ?? [] : [];
            if (known.TryGetValue(name, out var secret)) return secret;
            known[name] = make();
            Replace(JsonSerializer.Serialize(known, Readable));
            return known[name];
        }
    }

    // A new file in the old one's place: half of one would lock us out of the databases.
    private void Replace(string text)
    {
        var made = file + ".new";
        File.Delete(made);
        using (var stream = new FileStream(made, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            using var writer = new StreamWriter(stream);
            writer.Write(text);
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }
        File.Move(made, file, overwrite: true);
    }
}

using System.Text.Json;

namespace Kener.Hosting.Data;

/// <summary>
/// Stores names and values in a JSON file that only its owner can read: generated secrets, the kinds of servers. They stay with the data that they
/// belong to.
/// </summary>
internal sealed class KeptValues(string file)
{
    private static readonly Lock Gate = new();
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    /// <summary>Returns the value of the name, or null.</summary>
    public string? Find(string name)
    {
        lock (Gate) return Read().GetValueOrDefault(name);
    }

    /// <summary>Returns the value of the name; if there is none, stores what <paramref name="make"/> returns.</summary>
    public string Keep(string name, Func<string> make)
    {
        lock (Gate)
        {
            var known = Read();
            if (known.TryGetValue(name, out var value)) return value;
            known[name] = make();
            Replace(JsonSerializer.Serialize(known, Readable));
            return known[name];
        }
    }

    private SortedDictionary<string, string> Read() =>
        File.Exists(file) ? JsonSerializer.Deserialize<SortedDictionary<string, string>>(File.ReadAllText(file)) ?? [] : [];

    // Replaces the file as a whole: a half-written one would lose the passwords of the databases.
    private void Replace(string text)
    {
        var made = file + ".new";
        File.Delete(made);
        using (var stream = SecretFile.Create(made))
        {
            using var writer = new StreamWriter(stream);
            writer.Write(text);
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }
        File.Move(made, file, overwrite: true);
    }
}

using System.Text;

namespace Kener.ServiceDefaults;

/// <summary>A snapshot as one value, for its journey between processes.</summary>
internal static class SnapshotBytes
{
    // Raised when the fields change: a process of another release then asks again later instead of reading nonsense.
    private const byte Format = 2;

    public static byte[] Write(Snapshot snapshot)
    {
        using var buffer = new MemoryStream(snapshot.Body.Length * 2);
        using (var writer = new BinaryWriter(buffer, Encoding.UTF8))
        {
            writer.Write(Format);
            writer.Write(snapshot.Key);
            writer.Write(snapshot.Version);
            writer.Write(snapshot.MadeMs);
            writer.Write(snapshot.ContentType);
            writer.Write(snapshot.ETag);
            writer.Write(snapshot.ContentSecurityPolicy is not null);
            if (snapshot.ContentSecurityPolicy is { } policy) writer.Write(policy);
            Write(writer, snapshot.Body);
            Write(writer, snapshot.Brotli);
        }
        return buffer.ToArray();
    }

    /// <summary>Null where another release wrote it.</summary>
    public static Snapshot? Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false), Encoding.UTF8);
        if (reader.ReadByte() != Format) return null;
        return new Snapshot
        {
            Key = reader.ReadString(),
            Version = reader.ReadInt64(),
            MadeMs = reader.ReadInt64(),
            ContentType = reader.ReadString(),
            ETag = reader.ReadString(),
            ContentSecurityPolicy = reader.ReadBoolean() ? reader.ReadString() : null,
            Body = ReadBytes(reader)!,
            Brotli = ReadBytes(reader),
        };
    }

    private static void Write(BinaryWriter writer, byte[]? bytes)
    {
        writer.Write(bytes?.Length ?? -1);
        if (bytes is not null) writer.Write(bytes);
    }

    private static byte[]? ReadBytes(BinaryReader reader) => reader.ReadInt32() is >= 0 and var length ? reader.ReadBytes(length) : null;
}

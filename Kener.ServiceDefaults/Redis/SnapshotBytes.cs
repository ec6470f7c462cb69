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

    /// <summary>The snapshot, or why there is none; whatever the bytes are, nothing is thrown, and no more is allocated than they hold.</summary>
    public static (Snapshot? Snapshot, string? Fault) Read(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        try
        {
            if (reader.ReadByte() != Format) return (null, "another release wrote it");
            var snapshot = new Snapshot
            {
                Key = reader.ReadString(),
                Version = reader.ReadInt64(),
                MadeMs = reader.ReadInt64(),
                ContentType = reader.ReadString(),
                ETag = reader.ReadString(),
                ContentSecurityPolicy = reader.ReadBoolean() ? reader.ReadString() : null,
                Body = ReadBytes(reader) ?? throw new EndOfStreamException(),
                Brotli = ReadBytes(reader),
            };
            return stream.Position == stream.Length ? (snapshot, null) : (null, "it is longer than it says");
        }
        catch (Exception fault) when (fault is IOException or FormatException or ArgumentException)
        {
            return (null, "it cannot be read");
        }
    }

    /// <summary>So many bytes, if that many are left: a length that is not true must not be allocated.</summary>
    internal static byte[] ReadBytes(BinaryReader reader, int length) =>
        length >= 0 && length <= reader.BaseStream.Length - reader.BaseStream.Position ? reader.ReadBytes(length) : throw new EndOfStreamException();

    private static void Write(BinaryWriter writer, byte[]? bytes)
    {
        writer.Write(bytes?.Length ?? -1);
        if (bytes is not null) writer.Write(bytes);
    }

    private static byte[]? ReadBytes(BinaryReader reader) => reader.ReadInt32() is var length and not -1 ? ReadBytes(reader, length) : null;
}

using System.Text;
using Kener.ServiceDefaults.Snapshots;

namespace Kener.ServiceDefaults.Redis;

/// <summary>Serializes a snapshot to send it to another process.</summary>
internal static class SnapshotBytes
{
    // Raise it when the fields change: a process of another release then retries later instead of misreading the bytes.
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

    /// <summary>
    /// Returns the snapshot, or the reason why there is none. Throws nothing, whatever the bytes are, and allocates no more than they contain.
    /// </summary>
    public static (Snapshot? Snapshot, string? Fault) Read(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        try
        {
            if (reader.ReadByte() != Format) return (null, "it was written by another release");
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
            return stream.Position == stream.Length ? (snapshot, null) : (null, "it is longer than its fields");
        }
        catch (Exception fault) when (fault is IOException or FormatException or ArgumentException)
        {
            return (null, "it cannot be read");
        }
    }

    /// <summary>Reads <paramref name="length"/> bytes; throws if fewer are left, so that a false length is never allocated.</summary>
    internal static byte[] ReadBytes(BinaryReader reader, int length) =>
        length >= 0 && length <= reader.BaseStream.Length - reader.BaseStream.Position ? reader.ReadBytes(length) : throw new EndOfStreamException();

    private static void Write(BinaryWriter writer, byte[]? bytes)
    {
        writer.Write(bytes?.Length ?? -1);
        if (bytes is not null) writer.Write(bytes);
    }

    private static byte[]? ReadBytes(BinaryReader reader) => reader.ReadInt32() is var length and not -1 ? ReadBytes(reader, length) : null;
}

using Kener.Contracts;

namespace Kener.Status.History;

/// <summary>Pieces in the order of their minutes, packed: eight bytes for a minute.</summary>
internal static class Pending
{
    /// <summary>An hour of a check a minute: so rarely is a day row written anew.</summary>
    private const int Room = 480;

    /// <summary>With the pieces at its end; null where they have no room, and are to go into the day rows with all that is pending.</summary>
    public static byte[]? With(byte[] pending, IEnumerable<Piece> pieces)
    {
        using var packed = new MemoryStream(pending.Length + 32);
        packed.Write(pending);
        using var writer = new BinaryWriter(packed);
        foreach (var piece in pieces)
        {
            if (packed.Length > Room) return null;
            writer.Write7BitEncodedInt64(piece.First / 60);
            writer.Write7BitEncodedInt(piece.Count);
            writer.Write7BitEncodedInt64((long)piece.Version << 3 | (long)piece.Status);
            writer.Write7BitEncodedInt(DayRow.Hundredths(piece.Latency));
        }
        return packed.ToArray();
    }

    /// <summary>What is pending, oldest first.</summary>
    public static List<Piece> Read(byte[] pending)
    {
        var pieces = new List<Piece>();
        using var reader = new BinaryReader(new MemoryStream(pending, writable: false));
        while (reader.BaseStream.Position < pending.Length)
        {
            var first = reader.Read7BitEncodedInt64() * 60;
            var (count, value) = (reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt64());
            var day = Minutes.DayOf(first);
            pieces.Add(new Piece(day, (int)((first - day * Minutes.Day) / 60), count, (MonitorStatus)(value & 7), reader.Read7BitEncodedInt() / 100.0, (int)(value >> 3)));
        }
        return pieces;
    }
}

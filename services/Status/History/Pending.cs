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
            writer.Write7BitEncodedInt(DayRow.Kept(piece.Latency));
        }
        return packed.ToArray();
    }

    /// <summary>What is pending, oldest first. Bytes that <see cref="With"/> did not write throw <see cref="InvalidDataException"/>.</summary>
    public static List<Piece> Read(byte[] pending)
    {
        var pieces = new List<Piece>();
        using var reader = new BinaryReader(new MemoryStream(pending, writable: false));
        try
        {
            while (reader.BaseStream.Position < pending.Length) pieces.Add(ReadPiece(reader));
        }
        catch (Exception fault) when (fault is EndOfStreamException or FormatException)
        {
            throw new InvalidDataException("Pending readings that are not whole", fault);
        }
        return pieces;
    }

    private static Piece ReadPiece(BinaryReader reader)
    {
        var minute = reader.Read7BitEncodedInt64();
        var (count, value) = (reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt64());
        var latency = DayRow.Milliseconds(reader.Read7BitEncodedInt());
        var (day, from) = (Math.DivRem(minute, DayRow.Minutes).Quotient, (int)(minute % DayRow.Minutes));
        if (day is < 0 or > int.MaxValue || from < 0 || count < 1 || count > DayRow.Minutes - from || (value & 7) > (long)MonitorStatus.Down)
            throw new InvalidDataException("Pending readings that no day can hold");
        return new Piece((int)day, from, count, (MonitorStatus)(value & 7), latency, (int)(value >> 3));
    }
}

using Kener.Contracts;

namespace Kener.Status.Projections.History;

/// <summary>Packs and unpacks the day buffer: runs in the order of their minutes, about eight bytes for a minute.</summary>
internal static class DayBuffer
{
    /// <summary>The size in bytes: an hour of one check a minute, so that a day row is written about once an hour.</summary>
    private const int Room = 480;

    /// <summary>Returns the buffer with the runs appended; null if they do not fit and must go into the day rows with the buffer.</summary>
    public static byte[]? With(byte[] pending, IEnumerable<MinuteRun> pieces)
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

    /// <summary>Returns the runs, oldest first. Bytes that <see cref="With"/> did not write throw <see cref="InvalidDataException"/>.</summary>
    public static List<MinuteRun> Read(byte[] pending)
    {
        var pieces = new List<MinuteRun>();
        using var reader = new BinaryReader(new MemoryStream(pending, writable: false));
        try
        {
            while (reader.BaseStream.Position < pending.Length) pieces.Add(ReadPiece(reader));
        }
        catch (Exception fault) when (fault is EndOfStreamException or FormatException)
        {
            throw new InvalidDataException("The day buffer is truncated or corrupt", fault);
        }
        return pieces;
    }

    private static MinuteRun ReadPiece(BinaryReader reader)
    {
        var minute = reader.Read7BitEncodedInt64();
        var (count, value) = (reader.Read7BitEncodedInt(), reader.Read7BitEncodedInt64());
        var latency = DayRow.Milliseconds(reader.Read7BitEncodedInt());
        var (day, from) = (Math.DivRem(minute, DayRow.Minutes).Quotient, (int)(minute % DayRow.Minutes));
        if (day is < 0 or > int.MaxValue || from < 0 || count < 1 || count > DayRow.Minutes - from || (value & 7) > (long)MonitorStatus.Down)
            throw new InvalidDataException("The day buffer has a run that no day can hold");
        return new MinuteRun((int)day, from, count, (MonitorStatus)(value & 7), latency, (int)(value >> 3));
    }
}

using Kener.Contracts;

namespace Kener.Status.Projections.History;

/// <summary>
/// The observed status, the version and the latency of each of the 1,440 minutes of a day. For each minute the highest version wins, so order and
/// duplicates do not matter. Packed, it takes a few bytes where nothing changes, and about two bytes per minute where latencies vary.
/// </summary>
internal sealed class DayRow
{
    public const int Minutes = 1440;
    private const byte Format = 1;
    /// <summary>A packed day without results.</summary>
    public static readonly byte[] Nothing = new DayRow().Pack();
    private readonly MonitorStatus[] _status = new MonitorStatus[Minutes];
    private readonly int[] _version = new int[Minutes];
    // As Kept returns them, since whole numbers pack well.
    private readonly int[] _latency = new int[Minutes];

    /// <summary>Whether a result was recorded for the minute, even one without data.</summary>
    public bool Knows(int minute) => _version[minute] > 0;

    public MonitorStatus StatusAt(int minute) => _status[minute];

    /// <summary>Returns the version; 0 where nothing was recorded.</summary>
    public int VersionAt(int minute) => _version[minute];

    /// <summary>Returns the latency in milliseconds.</summary>
    public double LatencyAt(int minute) => Milliseconds(_latency[minute]);

    /// <summary>Returns the newest recorded minute up to and including this one; -1 if there is none.</summary>
    public int LastKnown(int upTo) => Array.FindLastIndex(_version, Math.Min(upTo, Minutes - 1), version => version > 0);

    /// <summary>Returns the oldest recorded minute after this one; -1 if there is none.</summary>
    public int NextKnown(int after) => after + 1 >= Minutes ? -1 : Array.FindIndex(_version, after + 1, version => version > 0);

    /// <summary>Records each minute of the run that does not have the same or a newer version; returns whether there was any.</summary>
    public bool Set(MinuteRun piece)
    {
        var changed = false;
        for (var minute = piece.From; minute < piece.From + piece.Count; minute++) changed |= Set(minute, piece.Status, piece.Latency, piece.Version);
        return changed;
    }

    /// <summary>Records the result unless the minute has the same or a newer version; returns whether it did.</summary>
    public bool Set(int minute, MonitorStatus status, double latency, int version)
    {
        if (version <= _version[minute]) return false;
        (_status[minute], _version[minute], _latency[minute]) = (status, version, Kept(latency));
        return true;
    }

    /// <summary>Packs the day; equal days give equal bytes.</summary>
    public byte[] Pack()
    {
        using var packed = new MemoryStream();
        using var writer = new BinaryWriter(packed);
        writer.Write(Format);
        for (int from = 0, to; from < Minutes; from = to)
        {
            to = from + 1;
            while (to < Minutes && _status[to] == _status[from] && _version[to] == _version[from]) to++;
            writer.Write7BitEncodedInt(to - from);
            writer.Write7BitEncodedInt64((long)_version[from] << 3 | (long)_status[from]);
        }
        PackLatencies(writer);
        return packed.ToArray();
    }

    /// <summary>
    /// Writes blocks, each with a head: twice the number of its minutes, plus 1 if each minute has its own value. An even head is followed by one
    /// value for all minutes. A value is the difference from the value before it.
    /// </summary>
    private void PackLatencies(BinaryWriter writer)
    {
        var last = 0;
        for (int from = 0, to; from < Minutes; from = to)
        {
            to = RunEnd(from);
            var isRun = to - from > 2;
            while (!isRun && to < Minutes && RunEnd(to) - to <= 2) to = RunEnd(to);
            writer.Write7BitEncodedInt((to - from) << 1 | (isRun ? 0 : 1));
            for (var minute = from; minute < (isRun ? from + 1 : to); minute++)
            {
                long step = (long)_latency[minute] - last;
                writer.Write7BitEncodedInt64(step << 1 ^ step >> 63);
                last = _latency[minute];
            }
        }
    }

    private int RunEnd(int from)
    {
        var to = from + 1;
        while (to < Minutes && _latency[to] == _latency[from]) to++;
        return to;
    }

    /// <summary>Unpacks a day; bytes that are no packed day throw <see cref="InvalidDataException"/>.</summary>
    public static DayRow Unpack(byte[] packed)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(packed, writable: false));
            if (reader.ReadByte() != Format) throw new InvalidDataException("The day row has an unknown format");
            var row = new DayRow();
            for (var minute = 0; minute < Minutes;)
            {
                var count = reader.Read7BitEncodedInt();
                var value = reader.Read7BitEncodedInt64();
                if ((value & 7) > (long)MonitorStatus.Down) throw new InvalidDataException("The day row has an unknown status");
                row._status.AsSpan(minute, count).Fill((MonitorStatus)(value & 7));
                row._version.AsSpan(minute, count).Fill((int)(value >> 3));
                minute += count;
            }
            row.UnpackLatencies(reader);
            return row;
        }
        catch (Exception fault) when (fault is EndOfStreamException or FormatException or ArgumentOutOfRangeException)
        {
            throw new InvalidDataException("The day row is truncated or corrupt", fault);
        }
    }

    private void UnpackLatencies(BinaryReader reader)
    {
        long last = 0;
        for (var minute = 0; minute < Minutes;)
        {
            var head = reader.Read7BitEncodedInt();
            var block = _latency.AsSpan(minute, head >> 1);
            for (var i = 0; i < block.Length; i++)
            {
                if (i == 0 || (head & 1) == 1)
                {
                    var step = reader.Read7BitEncodedInt64();
                    last += step >> 1 ^ -(step & 1);
                }
                block[i] = (int)last;
            }
            minute += block.Length;
        }
    }

    /// <summary>
    /// Returns a latency as it is stored: in hundredths of a millisecond, since anything finer is noise. A latency that is too long for that (about
    /// six hours) is stored in whole milliseconds as a negative number, which earlier releases read as no measurement.
    /// </summary>
    public static int Kept(double milliseconds)
    {
        var hundredths = Math.Round(milliseconds * 100);
        if (hundredths is >= 0 and <= int.MaxValue) return (int)hundredths;
        return milliseconds > 0 ? -(int)Math.Min(Math.Round(milliseconds), int.MaxValue) : 0;
    }

    /// <summary>Returns the milliseconds of a latency that <see cref="Kept"/> returned.</summary>
    public static double Milliseconds(int kept) => kept >= 0 ? kept / 100.0 : -(double)kept;
}

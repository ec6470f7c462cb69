using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kener.Contracts;

/// <summary>
/// The result of <paramref name="Count"/> consecutive minutes that begin with <paramref name="Minute"/> (Unix seconds, a whole minute): a verdict
/// after confirmation, never an overlay. A single check is a run of 1. <paramref name="Latency"/> is in milliseconds.
/// <paramref name="Version"/> is that of each of these minutes: 1 when first written, one more with each overwrite, and at least
/// <see cref="EventVersions.OfCorrection"/> if a person corrected it. Serialized as an array of the six values in this order: a message holds up
/// to a thousand of them, and property names would be most of it.
/// </summary>
[JsonConverter(typeof(ResultRunJson))]
public sealed record ResultRun(long MonitorId, long Minute, int Count, MonitorStatus Status, double Latency, int Version);

/// <summary>
/// Results as the owner stored them: up to 1,000 runs and up to 1,440 minutes per message, of one monitor or of several. For each minute, a
/// consumer keeps the result with the highest version, so order and duplicates do not matter.
/// </summary>
public sealed record ResultsRecorded
{
    /// <summary>The runs, in no guaranteed order.</summary>
    public required IReadOnlyList<ResultRun> Runs { get; init; }
}

internal sealed class ResultRunJson : JsonConverter<ResultRun>
{
    public override ResultRun Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("A result must be an array");
        var result = new ResultRun(
            Next(ref reader).GetInt64(), Next(ref reader).GetInt64(), Next(ref reader).GetInt32(), (MonitorStatus)Next(ref reader).GetByte(),
            Next(ref reader).GetDouble(), Next(ref reader).GetInt32());
        // A later build may append values.
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) reader.Skip();
        return result;
    }

    public override void Write(Utf8JsonWriter writer, ResultRun value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(value.MonitorId);
        writer.WriteNumberValue(value.Minute);
        writer.WriteNumberValue(value.Count);
        writer.WriteNumberValue((byte)value.Status);
        writer.WriteNumberValue(value.Latency);
        writer.WriteNumberValue(value.Version);
        writer.WriteEndArray();
    }

    private static ref Utf8JsonReader Next(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.Number) throw new JsonException("A result must have six numbers");
        return ref reader;
    }
}

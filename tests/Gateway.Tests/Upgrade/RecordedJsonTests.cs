using System.Collections.Frozen;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Kener.Contracts;
using Kener.Gateway.DeadLetters;
using Kener.ServiceDefaults.DeadLetters;
using Kener.ServiceDefaults.Identity;
using Kener.ServiceDefaults.Snapshots;

namespace Kener.Gateway.Tests.Upgrade;

/// <summary>Tests that this build reads events and internal messages of earlier builds, and ignores additional fields of later ones.</summary>
public sealed class RecordedJsonTests
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web), Indented = new() { WriteIndented = true, IndentSize = 1 };

    private static readonly FrozenDictionary<string, Message> Messages = new Dictionary<string, Message>(EventTypes.All.Select(Event))
    {
        [nameof(Assignment)] = Answer(AgentJson.Default.Assignment),
        [nameof(CheckReport)] = Answer(AgentJson.Default.CheckReport),
        [nameof(CheckReceipt)] = Answer(AgentJson.Default.CheckReceipt),
        [nameof(DeadLetterList)] = Answer(DeadLetterJson.Default.DeadLetterList),
        [nameof(PublishedKeys)] = new(typeof(PublishedKeys), json => PublishedKeys.From(Snapshot(json)), keys => Text(((PublishedKeys)keys).ToSnapshot(0))),
        [nameof(PublishedSite)] = new(typeof(PublishedSite), json => PublishedSite.From(Snapshot(json)), site => Text(((PublishedSite)site).ToSnapshot(1, 0))),
    }.ToFrozenDictionary();

    public static TheoryData<string> Versions { get; } = [.. Dump.Versions];

    /// <summary>The type of a message, and how it is read and written.</summary>
    private sealed record Message(Type Type, Func<string, object> Read, Func<object, string> Write);

    [Theory, MemberData(nameof(Versions))]
    public async Task Every_message_of_an_earlier_build_is_read_and_unknown_fields_are_ignored(string version)
    {
        var folder = Dump.Folder(version, "events");
        if (Dump.IsWriting && version == Dump.Current) await WriteAsync(folder);
        var files = Directory.GetFiles(folder);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var message = Messages[Path.GetFileNameWithoutExtension(file)];
            var then = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
            foreach (var json in new[] { then, Extended(then) })
            {
                var now = JsonNode.Parse(message.Write(message.Read(json.ToJsonString())))!;
                Assert.True(Recorded.IsIn(then, now), $"{file}:\n{json}\nis read as\n{now}");
            }
        }
    }

    [Fact]
    public async Task Each_message_is_recorded_for_the_newest_build_that_has_a_dump()
    {
        if (Dump.IsWriting) await WriteAsync(Dump.Folder(Dump.Current, "events"));
        var recorded = Directory.GetFiles(Dump.Folder(Dump.Versions[^1], "events")).Select(Path.GetFileNameWithoutExtension);
        Assert.Equal(Messages.Keys.Order(), recorded.Order());
    }

    private static async Task WriteAsync(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (name, message) in Messages)
        {
            var sent = JsonNode.Parse(message.Write(new Sample().Of(message.Type, name)))!;
            await File.WriteAllTextAsync(Path.Combine(folder, name + ".json"), sent.ToJsonString(Indented) + "\n", TestContext.Current.CancellationToken);
        }
    }

    private static KeyValuePair<string, Message> Event(Type type) =>
        new(type.Name, new(type, json => JsonSerializer.Deserialize(json, type, Web)!, sent => JsonSerializer.Serialize(sent, type, Web)));

    private static Message Answer<T>(JsonTypeInfo<T> type) where T : class =>
        new(typeof(T), json => JsonSerializer.Deserialize(json, type)!, sent => JsonSerializer.Serialize((T)sent, type));

    private static Snapshot Snapshot(string json) =>
        new() { Key = "", Version = 1, ContentType = "application/json", ETag = "", Body = Encoding.UTF8.GetBytes(json) };

    private static string Text(Snapshot snapshot) => Encoding.UTF8.GetString(snapshot.Body);

    /// <summary>Returns a copy with an additional field in each object.</summary>
    private static JsonNode Extended(JsonNode json)
    {
        var extended = json.DeepClone();
        var found = new Queue<JsonNode?>([extended]);
        while (found.TryDequeue(out var node))
        {
            if (node is JsonArray list) foreach (var item in list) found.Enqueue(item);
            if (node is not JsonObject fields) continue;
            foreach (var (_, value) in fields) found.Enqueue(value);
            fields["fieldOfALaterBuild"] = new JsonObject { ["any"] = new JsonArray(1, "two", null) };
        }
        return extended;
    }
}

/// <summary>Creates an object in which every property has a different value.</summary>
internal sealed class Sample
{
    private int _number;

    public object Of(Type type, string name)
    {
        if (Nullable.GetUnderlyingType(type) is { } value) return Of(value, name);
        if (type == typeof(string)) return $"{name} {++_number}";
        if (type == typeof(bool)) return true;
        if (type == typeof(JsonElement)) return JsonElement.Parse($$"""{"{{name}}":[{{++_number}}]}""");
        if (type.IsEnum) return Enum.GetValues(type).Cast<object>().Last();
        if (type == typeof(double)) return ++_number + 0.5;
        if (type.IsPrimitive) return Convert.ChangeType(++_number, type, null);
        if (type == typeof(IReadOnlySet<string>)) return new HashSet<string> { $"/{name}/{++_number}" };
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>)) return ListOf(type.GetGenericArguments()[0], name);
        return RecordOf(type);
    }

    private Array ListOf(Type item, string name)
    {
        var list = Array.CreateInstance(item, 2);
        for (var i = 0; i < list.Length; i++) list.SetValue(Of(item, name), i);
        return list;
    }

    private object RecordOf(Type type)
    {
        var constructor = type.GetConstructors().MaxBy(one => one.GetParameters().Length)!;
        var parameters = constructor.GetParameters();
        var made = constructor.Invoke([.. parameters.Select(parameter => Of(parameter.ParameterType, parameter.Name!))]);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite && parameters.All(one => one.Name != property.Name)))
            property.SetValue(made, Of(property.PropertyType, property.Name));
        return made;
    }
}

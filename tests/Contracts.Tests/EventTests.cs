using System.Collections;
using System.Reflection;
using System.Text.Json;
using CsCheck;
using Kener.TestKit;

namespace Kener.Contracts.Tests;

public sealed class EventTests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static readonly Gen<IncidentUpdate> Update = Gen.Select(Gen.Long, Gen.Long, Gen.Int[0, 3], Gen.String)
        .Select((id, at, state, text) => new IncidentUpdate(id, at, (IncidentState)state, text));
    private static readonly Gen<IncidentLink> Link = Gen.Select(Gen.Long, Given.Status).Select((id, impact) => new IncidentLink(id, impact));
    private static readonly Gen<ResultRun> Run = Gen.Select(Gen.Long, Gen.Long, Gen.Int, Given.Status, Gen.Double[-1e9, 1e9], Gen.Int)
        .Select((id, minute, count, status, latency, version) => new ResultRun(id, minute, count, status, latency, version));

    private static readonly Gen<EntityVersion> Version = Gen.Select(Gen.Long, Gen.Long).Select((id, version) => new EntityVersion { Id = id, Version = version });

    private static readonly Dictionary<Type, Gen<object>> Events = new()
    {
        [typeof(IncidentChanged)] = Gen.Select(
            Gen.Select(Gen.Long, Gen.Long, Gen.Long.Nullable(), Gen.Bool, Gen.String), Gen.Int[0, 3], Gen.Int[0, 2], Link.Array[0, 4], Update.Array[0, 4])
            .Select(given => (object)new IncidentChanged
            {
                Id = given.Item1.Item1,
                Version = given.Item1.Item2,
                Start = given.Item1.Item1,
                End = given.Item1.Item3,
                Deleted = given.Item1.Item4,
                IsGlobal = !given.Item1.Item4,
                Title = given.Item1.Item5,
                State = (IncidentState)given.Item2,
                Source = (IncidentSource)given.Item3,
                Monitors = given.Item4,
                Updates = given.Item5,
                CreatedMs = given.Item1.Item2,
                UpdatedMs = given.Item1.Item1,
            }),
        [typeof(MonitorChanged)] = Gen.Select(Gen.Long, Gen.Long, Gen.Bool, Gen.Int, Gen.String, Gen.String, Given.Status.Nullable())
            .Select(given => (object)new MonitorChanged
            {
                Id = given.Item1,
                Version = given.Item2,
                Deleted = given.Item3,
                Active = !given.Item3,
                Hidden = given.Item3,
                CarriesForward = !given.Item3,
                PeriodSeconds = given.Item4,
                Tag = given.Item5,
                Name = given.Item6,
                Description = given.Item5,
                Image = given.Item6,
                ExternalUrl = given.Item5,
                Category = given.Item6,
                Type = given.Item5,
                RetentionDays = given.Item4,
                Members = [new MonitorMember(given.Item5, given.Item4)],
                DefaultStatus = given.Item7,
                UptimeNumerator = given.Item6,
                UptimeDenominator = given.Item5,
                CreatedMs = given.Item2,
            }),
        [typeof(ResultsRecorded)] = Run.Array[0, 20].Select(runs => (object)new ResultsRecorded { Runs = runs }),
        [typeof(SiteChanged)] = Gen.Select(Gen.Long, Gen.String, Gen.String, Gen.Int.Nullable())
            .Select(given => (object)new SiteChanged
            {
                Version = given.Item1,
                Name = given.Item2,
                Url = given.Item3,
                Language = given.Item2,
                Zone = given.Item3,
                RetentionDays = given.Item4,
            }),
        [typeof(ReplayRequested)] = Gen.Select(Gen.String, Gen.String.Array[0, 5]).Select(given => (object)new ReplayRequested { By = given.Item1, Needs = given.Item2 }),
        [typeof(VersionsRequested)] = Gen.Select(Gen.String, Gen.String.Array[0, 5]).Select(given => (object)new VersionsRequested { By = given.Item1, Types = given.Item2 }),
        [typeof(VersionsPublished)] = Gen.Select(Gen.String, Gen.Long, Version.Array[0, 5])
            .Select(given => (object)new VersionsPublished { Type = given.Item1, After = given.Item2, UpTo = ~given.Item2, Entities = given.Item3 }),
        [typeof(VersionsDisputed)] = Gen.Select(Gen.String, Version.Array[0, 5])
            .Select(given => (object)new VersionsDisputed { By = given.Item1, Type = given.Item1, Known = given.Item2 }),
        [typeof(ReplayContinued)] = Gen.Select(Gen.Long, Gen.Long).Select(given => (object)new ReplayContinued { MonitorId = given.Item1, Minute = given.Item2 }),
    };

    public static TheoryData<Type> All => [.. EventTypes.All];

    [Theory]
    [MemberData(nameof(All))]
    public void An_event_survives_serialization(Type type)
    {
        Assert.True(Events.ContainsKey(type), $"{type.Name} has no generator here: add one");
        Events[type].Sample(given => AssertSame(given, JsonSerializer.Deserialize(JsonSerializer.Serialize(given, type, Json), type, Json)), iter: Scale.Of(1_000));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void An_event_is_found_by_the_name_that_an_outbox_stores(Type type) => Assert.Equal(type, EventTypes.Find(type.Name));

    [Theory]
    [MemberData(nameof(All))]
    public void An_event_with_an_unknown_field_can_be_read(Type type)
    {
        var newer = Events[type].Single();
        var json = JsonSerializer.Serialize(newer, type, Json);
        AssertSame(newer, JsonSerializer.Deserialize(string.Concat("{\"fieldOfTheFuture\":[1],", json.AsSpan(1)), type, Json));
    }

    [Fact]
    public void A_result_is_serialized_as_six_numbers()
    {
        var result = new ResultRun(7, 1_764_000_000, 3, MonitorStatus.Down, 12.5, 2);
        Assert.Equal("[7,1764000000,3,4,12.5,2]", JsonSerializer.Serialize(result, Json));
        Assert.Equal(result, JsonSerializer.Deserialize<ResultRun>("""[7,1764000000,3,4,12.5,2,"of the future",{"a":[1]}]""", Json));
    }

    [Theory]
    [InlineData("[7,1764000000,3,4,12.5]")]
    [InlineData("[7,1764000000,3,4,null,2]")]
    [InlineData("[7,1764000000,3.5,4,12.5,2]")]
    [InlineData("[]")]
    [InlineData("7")]
    public void An_invalid_result_is_rejected(string json) => Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<ResultRun>(json, Json));

    [Fact]
    public void An_unknown_name_is_no_event() => Assert.Null(EventTypes.Find("NobodyKnows"));

    private static void AssertSame(object? expected, object? actual)
    {
        if (expected is null || actual is null || expected is string || expected.GetType().IsPrimitive || expected is Enum) Assert.Equal(expected, actual);
        else if (expected is IEnumerable list) AssertSameList([.. list.Cast<object>()], [.. ((IEnumerable)actual).Cast<object>()]);
        else
            foreach (var property in expected.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
                AssertSame(property.GetValue(expected), property.GetValue(actual));
    }

    private static void AssertSameList(List<object> expected, List<object> actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++) AssertSame(expected[i], actual[i]);
    }
}

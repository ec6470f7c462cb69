using System.Text.Json;
using Kener.Incidents.Incidents;
using Kener.Incidents.Updates;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Json;

namespace Kener.Incidents.Tests;

/// <summary>Tests the input records of POST and PATCH (Behavior: API-4).</summary>
public sealed class InputTests
{
    private const string Start = "\"title\":\"T\",\"start_date_time\":1700000000";

    private static InputBody Body(string fields, bool isNew) => new(JsonSerializer.Deserialize<JsonElement>($"{{{fields}}}"), isNew);

    private static IncidentInput Read(string fields, bool isNew = false) => IncidentInput.Read(Body(fields, isNew));

    [Fact]
    public void A_missing_field_null_and_a_value_are_distinguished()
    {
        Assert.Equal((false, (long?)null), (Read("").EndDateTime.IsSent, Read("").EndDateTime.Value));
        Assert.Equal(new Optional<long?>(null), Read("\"end_date_time\":null").EndDateTime);
        Assert.Equal(new Optional<long?>(1_700_000_040), Read("\"end_date_time\":1700000059").EndDateTime);
        Assert.Equal<(long?, long?, long?)>((7, null, 9), (Read("").EndDateTime.Or(7), new Optional<long?>(null).Or(7), new Optional<long?>(9).Or(7)));
    }

    [Fact]
    public void Every_property_is_read_from_the_field_of_its_name()
    {
        AssertAllSent(Read($"{Start},\"end_date_time\":null,\"is_global\":\"NO\",\"monitors\":[]", isNew: true));
        AssertAllSent(UpdateInput.Read(Body("\"comment\":\"c\",\"timestamp\":1,\"state\":\"RESOLVED\"", isNew: false)));
    }

    [Fact]
    public void A_new_incident_requires_fields_that_an_edit_may_omit()
    {
        Assert.Equal("start_date_time is required", Assert.Throws<Refusal>(() => Read("\"title\":\"T\"", isNew: true)).Message);
        Assert.False(Read("\"title\":\"T\"").StartDateTime.IsSent);
        Assert.False(Read(Start, isNew: true).Monitors.IsSent);
    }

    private static void AssertAllSent(object input) => Assert.All(input.GetType().GetProperties(), property =>
        Assert.True((bool)property.PropertyType.GetProperty(nameof(Optional<int>.IsSent))!.GetValue(property.GetValue(input))!, property.Name));
}

using System.Text.Json;

namespace Kener.Contracts.Tests;

/// <summary>The descriptors of monitor types.</summary>
public sealed class MonitorTypeTests
{
    public static TheoryData<string> Names { get; } = [.. MonitorTypes.All];

    [Fact]
    public void The_types_are_the_eleven_of_API_v4()
    {
        Assert.Equal(["API", "PING", "TCP", "DNS", "NONE", "GROUP", "SSL", "SQL", "HEARTBEAT", "GAMEDIG", "GRPC"], MonitorTypes.All);
        Assert.Equal(["API", "PING", "TCP", "DNS", "SSL", "SQL", "GAMEDIG", "GRPC"], MonitorTypes.OfAgents);
        Assert.Equal(["GROUP", "HEARTBEAT"], MonitorTypes.OfClock);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_sample_is_valid_and_complete(string name)
    {
        var (type, sample) = (MonitorTypes.Find(name)!, JsonElement.Parse(MonitorTypes.Find(name)!.Sample));
        type.Check(sample);
        Assert.Null(type.Missing(sample));
        Assert.Subset(type.Fields.Select(field => field.Name).ToHashSet(), sample.EnumerateObject().Select(field => field.Name).ToHashSet());
    }

    [Theory, MemberData(nameof(Names))]
    public void Missing_null_and_unknown_fields_are_valid(string name)
    {
        var type = MonitorTypes.Find(name)!;
        type.Check(JsonElement.Parse("""{"unknown":{"a":[1e400]}}"""));
        type.Check(JsonElement.Parse($$"""{{{string.Join(',', type.Fields.Select(field => $"\"{field.Name}\":null"))}}}"""));
        Assert.Equal(name is "NONE" or "HEARTBEAT", type.Missing(JsonElement.Parse("{}")) is null);
    }

    [Theory]
    [InlineData("API", """{"url":"ftp://a/"}""", "url: give an absolute http or https address")]
    [InlineData("API", """{"url":5}""", "url: give a text")]
    [InlineData("API", """{"timeout":55001}""", "timeout: give a whole number from 1 to 55000")]
    [InlineData("API", """{"headers":[{"key":"A","value":"b"},{"key":"a b","value":"c"}]}""", "headers[1]: a header's name must consist of letters, digits and signs such as '-'")]
    [InlineData("API", """{"headers":"[5]"}""", "headers[0]: give an object with key, value")]
    [InlineData("PING", """{"hosts":[{"host":"h","count":0}]}""", "hosts[0].count: give a whole number from 1 to 100")]
    [InlineData("PING", """{"hosts":[{"host":"a b"}]}""", "hosts[0].host: give a host name or an IP address")]
    [InlineData("TCP", """{"hosts":{}}""", "hosts: give a list")]
    [InlineData("TCP", """{"hosts":[{"host":"h","port":65536}]}""", "hosts[0].port: give a whole number from 1 to 65535")]
    [InlineData("TCP", """{"hosts":[{"host":"h","type":"IP5"}]}""", "hosts[0].type: give one of IP4, IP6, DOMAIN")]
    [InlineData("DNS", """{"matchType":"SOME"}""", "matchType: give one of ANY, ALL")]
    [InlineData("DNS", """{"values":["a",5]}""", "values[1]: give a text")]
    [InlineData("SSL", """{"port":"https"}""", "port: give a whole number from 1 to 65535")]
    [InlineData("SSL", """{"downRemainingHours":-1}""", "downRemainingHours: give a number from 0 to 876000")]
    [InlineData("SQL", """{"dbType":"access"}""", "dbType: give one of pg, mysql2, mssql, oracledb, sqlite3")]
    [InlineData("HEARTBEAT", """{"downRemainingMinutes":-1}""", "downRemainingMinutes: give a number from 0 to 525600")]
    [InlineData("HEARTBEAT", """{"downRemainingMinutes":1e999}""", "downRemainingMinutes: give a number from 0 to 525600")]
    [InlineData("HEARTBEAT", """{"degradedRemainingMinutes":"NaN"}""", "degradedRemainingMinutes: give a number from 0 to 525600")]
    [InlineData("GAMEDIG", """{"guessPort":"perhaps"}""", "guessPort: give true or false")]
    [InlineData("GRPC", """{"tls":1}""", "tls: give true or false")]
    [InlineData("GROUP", """{"monitors":[{"tag":"a","weight":1e308}]}""", "monitors[0].weight: give a number from 0 to 1000000000")]
    [InlineData("GROUP", """{"monitors":[{"tag":"a","weight":"Infinity"}]}""", "monitors[0].weight: give a number from 0 to 1000000000")]
    [InlineData("GROUP", """{"latencyCalculation":"MEAN"}""", "latencyCalculation: give one of AVG, MAX, MIN")]
    [InlineData("GROUP", """{"executionDelay":999}""", "executionDelay: give a whole number from 1000 to 86400000")]
    [InlineData("NONE", """{"overrideWithLastKnownStatus":"x"}""", "overrideWithLastKnownStatus: give true or false")]
    public void A_wrong_value_is_reported_with_its_path(string name, string data, string message) =>
        Assert.Equal(message, Assert.Throws<FieldException>(() => MonitorTypes.Find(name)!.Check(JsonElement.Parse(data))).Message);

    [Theory]
    [InlineData("API", """{"url":"$TARGET/health","headers":"[]","timeout":"5000","follow_redirects":"false","method":"get"}""")]
    [InlineData("API", """{"headers":[{"key":"","value":""}]}""")]
    [InlineData("SSL", """{"port":"443"}""")]
    [InlineData("PING", """{"hosts":[{"host":"2001:db8::1","type":"IP6"}]}""")]
    public void Variables_numbers_as_text_and_empty_lines_of_a_form_are_valid(string name, string data) => MonitorTypes.Find(name)!.Check(JsonElement.Parse(data));

    [Theory]
    [InlineData("API", "{}", "url")]
    [InlineData("API", """{"url":" "}""", "url")]
    [InlineData("TCP", """{"hosts":[]}""", "hosts")]
    [InlineData("TCP", """{"hosts":"[]"}""", "hosts")]
    [InlineData("TCP", """{"hosts":[{"host":"a"},{"port":1}]}""", "hosts[1].host")]
    [InlineData("DNS", """{"host":"a","transport":"TLS"}""", "nameServer")]
    [InlineData("DNS", """{"host":"a","transport":"UDP"}""", null)]
    [InlineData("SQL", """{"dbType":"pg"}""", "connectionString")]
    [InlineData("GROUP", """{"monitors":[{"weight":1}]}""", "monitors[0].tag")]
    [InlineData("GAMEDIG", """{"host":"a"}""", "gameId")]
    public void A_missing_required_field_is_named(string name, string data, string? path) => Assert.Equal(path, MonitorTypes.Find(name)!.Missing(JsonElement.Parse(data)));

    [Theory]
    [InlineData("""{"secretString":"s","port":1}""", """{"secretString":"********","port":1}""")]
    [InlineData("""{"connectionString":"Server=a;Password=b"}""", """{"connectionString":"********"}""")]
    [InlineData("""{"headers":[{"key":"Authorization","value":"Bearer x"},{"key":"X","value":""}]}""", """{"headers":[{"key":"Authorization","value":"********"},{"key":"X","value":""}]}""")]
    [InlineData("""{"headers":"[{\"key\":\"A\",\"value\":\"b\"}]"}""", """{"headers":"********"}""")]
    [InlineData("""{"body":"{\"password\":1}"}""", """{"body":"********"}""")]
    [InlineData("""{"body":"","secretString":null}""", """{"body":"","secretString":null}""")]
    [InlineData("""{"url":"https://u:p@example.com/?a=@"}""", """{"url":"https://********@example.com/?a=@"}""")]
    [InlineData("""{"url":"https://example.com/@me"}""", """{"url":"https://example.com/@me"}""")]
    [InlineData("""{"secretString":{"a":1}}""", """{"secretString":"********"}""")]
    public void A_mask_hides_secrets_and_when_sent_back_keeps_what_is_stored(string stored, string masked)
    {
        var (before, shown) = (JsonElement.Parse(stored), TypeSecrets.Masked(JsonElement.Parse(stored)));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(masked), shown), shown.GetRawText());
        Assert.True(JsonElement.DeepEquals(before, TypeSecrets.Unmasked(shown, before)));
    }

    [Fact]
    public void Headers_keep_their_secrets_when_one_is_added_removed_or_moved()
    {
        var stored = JsonElement.Parse("""{"headers":[{"key":"A","value":"1"},{"key":"B","value":"2"},{"key":"C","value":"3"}]}""");
        var sent = JsonElement.Parse("""{"headers":[{"key":"C","value":"********"},{"key":"D","value":"4"},{"key":"A","value":"********"}]}""");
        Assert.Equal("""{"headers":[{"key":"C","value":"3"},{"key":"D","value":"4"},{"key":"A","value":"1"}]}""", TypeSecrets.Unmasked(sent, stored).GetRawText());
    }

    [Theory]
    [InlineData("""{"secretString":"********"}""", "secretString")]
    [InlineData("""{"headers":[{"key":"A","value":"1"},{"key":"B","value":"********"}]}""", "headers[1].value")]
    [InlineData("""{"headers":"********"}""", "headers")]
    [InlineData("""{"url":"https://********@other.example/"}""", "url")]
    public void A_mask_without_a_stored_secret_is_rejected(string sent, string path)
    {
        var stored = JsonElement.Parse("""{"headers":[{"key":"A","value":"1"}],"url":"https://u:p@example.com/"}""");
        Assert.Equal($"{path}: give the value itself, not its mask", Assert.Throws<FieldException>(() => TypeSecrets.Unmasked(JsonElement.Parse(sent), stored)).Message);
    }
}

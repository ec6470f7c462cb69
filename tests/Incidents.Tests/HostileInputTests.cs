using System.Net;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;

namespace Kener.Incidents.Tests;

/// <summary>Invalid input is rejected with a 4xx in the error format and changes nothing.</summary>
public sealed class HostileInputTests(Hosts hosts) : IClassFixture<Hosts>
{
    private const string Invalid = "Invalid JSON body";
    private const string Title = "Title is required and must be a non-empty string";
    private const string Start = "start_date_time must be a valid timestamp (UTC seconds)";
    private const string End = "end_date_time must be a valid timestamp (UTC seconds)";
    private const string Order = "end_date_time must not be before start_date_time";
    private const string Tag = "Each monitor must have a valid monitor_tag";
    private const string Impact = "impact must be one of: UP, DOWN, DEGRADED, MAINTENANCE";
    private const string Global = "is_global must be one of: YES, NO";
    private const string Comment = "comment is required and must be a non-empty string";
    private const string Timestamp = "timestamp must be a valid timestamp (UTC seconds)";
    private const string State = "state must be one of: INVESTIGATING, IDENTIFIED, MONITORING, RESOLVED";
    private const string Nul = "Text must not contain the character U+0000";
    private const string Unicode = "Text must be valid Unicode";

    private static readonly string[] NoObjects =
    [
        "", " ", "null", "[]", "[null]", "5", "true", "\"text\"", "{", "{\"title\":}", "{'title':'t'}", "{\"title\":\"t\",}", "{} {}", "not json",
        "{\"title\":NaN}", "\u0000", string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200), new string('[', 100_000),
    ];

    private static readonly (string Json, string Message)[] Incidents =
    [
        .. NoObjects.Select(json => (json, Invalid)),
        ("{}", Title), ("""{"title":null}""", Title), ("""{"title":5}""", Title), ("""{"title":[]}""", Title), ("""{"title":{}}""", Title), ("""{"title":"  "}""", Title),
        ("""{"title":"a\u0000b"}""", Nul), ("""{"title":"\ud800"}""", Unicode), ("""{"title":"\udc00\ud800"}""", Unicode),
        ($$"""{"title":"{{new string('x', 300)}}"}""", "Title must not be longer than 255 characters"),
        ($$"""{"title":"{{new string('x', 70_000)}}"}""", "Text must not be longer than 65536 characters"),
        ("""{"title":"t"}""", "start_date_time is required"), ("""{"title":"t","start_date_time":null}""", "start_date_time is required"),
        .. new[] { "\"abc\"", "\"60\"", "true", "[]", "{}", "-1", "1e300", "-1e300", "1e999", "253402300800", "99999999999999999999999999" }
            .Select(value => ($$"""{"title":"t","start_date_time":{{value}}}""", Start)),
        .. new[] { "\"abc\"", "false", "[]", "-60", "1e300" }.Select(value => ($$"""{"title":"t","start_date_time":60,"end_date_time":{{value}}}""", End)),
        ("""{"title":"t","start_date_time":6000,"end_date_time":5999}""", Order),
        .. new[] { "null", "5", "{}", "\"m\"" }.Select(value => ($$"""{"title":"t","start_date_time":60,"monitors":{{value}}}""", "monitors must be an array")),
        .. new[] { "null", "5", "\"m\"", "[]", "{}", """{"monitor_tag":null}""", """{"monitor_tag":5}""", """{"monitor_tag":""}""", """{"monitor_tag":" "}""" }
            .Select(value => ($$"""{"title":"t","start_date_time":60,"monitors":[{{value}}]}""", Tag)),
        ("""{"title":"t","start_date_time":60,"monitors":[{"monitor_tag":"a\u0000"}]}""", Nul),
        ("""{"title":"t","start_date_time":60,"monitors":[{"monitor_tag":"\ud800"}]}""", Unicode),
        .. new[] { "\"NO_DATA\"", "\"down\"", "\"x\"", "5", "[]", "{}" }
            .Select(value => ($$"""{"title":"t","start_date_time":60,"monitors":[{"monitor_tag":"m","impact":{{value}}}]}""", Impact)),
        .. new[] { "null", "true", "5", "\"yes\"", "\"\"", "[]" }.Select(value => ($$"""{"title":"t","start_date_time":60,"is_global":{{value}}}""", Global)),
        ("""{"title":"t","start_date_time":60,"monitors":[{"monitor_tag":"nobody"}]}""", "Monitor with tag 'nobody' not found"),
    ];

    private static readonly (string Json, string Message)[] Edits =
    [
        .. NoObjects.Select(json => (json, Invalid)),
        ("""{"title":null}""", Title), ("""{"title":5}""", Title), ("""{"title":""}""", Title), ("""{"title":"a\u0000b"}""", Nul), ("""{"title":"\ud800"}""", Unicode),
        .. new[] { "\"abc\"", "null", "[]", "-1", "1e300" }.Select(value => ($$"""{"start_date_time":{{value}}}""", Start)),
        .. new[] { "\"abc\"", "[]", "-1", "1e300" }.Select(value => ($$"""{"end_date_time":{{value}}}""", End)),
        ("""{"end_date_time":1699999900}""", Order), ("""{"title":"new","start_date_time":6000,"end_date_time":60}""", Order),
        ("""{"state":"RESOLVED"}""", "state can not be set here; post a comment with the new state"),
        ("""{"monitors":null}""", "monitors must be an array"), ("""{"monitors":[null]}""", Tag), ("""{"monitors":[{"monitor_tag":"m","impact":"NO_DATA"}]}""", Impact),
        ("""{"is_global":"MAYBE"}""", Global), ("""{"title":"new","monitors":[{"monitor_tag":"nobody"}]}""", "Monitor with tag 'nobody' not found"),
    ];

    private static readonly (string Json, string Message)[] Updates =
    [
        .. NoObjects.Select(json => (json, Invalid)),
        ("{}", Comment), ("""{"comment":null,"state":"RESOLVED"}""", Comment), ("""{"comment":5,"state":"RESOLVED"}""", Comment),
        ("""{"comment":" \n ","state":"RESOLVED"}""", Comment), ("""{"comment":"\u0000","state":"RESOLVED"}""", Nul),
        ("""{"comment":"x\ud800","state":"RESOLVED"}""", Unicode), ("""{"comment":"","timestamp":"x"}""", Comment),
        ($$"""{"comment":"{{new string('x', 65_537)}}","state":"RESOLVED"}""", "comment must not be longer than 65536 characters"),
        .. new[] { "\"x\"", "[]", "-1", "1e300", "true" }.Select(value => ($$"""{"comment":"c","timestamp":{{value}}}""", Timestamp)),
        ("""{"comment":"c"}""", "state is required"), ("""{"comment":"c","state":null}""", "state is required"),
        .. new[] { "\"\"", "\"resolved\"", "\"OPEN\"", "5", "[]", "{}" }.Select(value => ($$"""{"comment":"c","state":{{value}}}""", State)),
    ];

    private static readonly (string Json, string Message)[] UpdateEdits =
    [
        .. NoObjects.Select(json => (json, Invalid)),
        ("""{"comment":null}""", Comment), ("""{"comment":""}""", Comment), ("""{"comment":[]}""", Comment), ("""{"comment":"\u0000"}""", Nul), ("""{"comment":"\ud800"}""", Unicode),
        .. new[] { "\"x\"", "null", "-1", "1e300" }.Select(value => ($$"""{"timestamp":{{value}}}""", Timestamp)),
        .. new[] { "null", "\"x\"", "5" }.Select(value => ($$"""{"comment":"new","state":{{value}}}""", State)),
    ];

    /// <summary>Returns all that a change leaves behind, as text.</summary>
    private static Task<string> TracesAsync(Service service, long incident) => service.ReadAsync(async db =>
    {
        var cancel = TestContext.Current.CancellationToken;
        return $"{await db.Incidents.CountAsync(cancel)} incidents, {await db.Updates.CountAsync(cancel)} updates, {await db.Versions.CountAsync(cancel)} versions, "
            + $"{await db.Audit.CountAsync(cancel)} audit rows, {await db.Outbox.CountAsync(cancel)} waiting, {service.Events.Count} events, "
            + await service.IncidentAsync(incident) + string.Join(',', await service.UpdatesAsync(incident));
    });

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Every_bad_body_is_rejected_in_the_error_format_and_changes_nothing(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var incident = await service.CreateAsync();
        var update = await service.PostAsync(incident, "MONITORING", 1_700_000_100);
        await service.EventsOfAsync(incident, 2);
        await Eventually.TrueAsync(() => service.ReadAsync(async db => !await db.Outbox.AnyAsync(TestContext.Current.CancellationToken)));
        var before = await TracesAsync(service, incident);

        await RefuseAllAsync(service, "POST", "/api/v4/incidents", Incidents);
        await RefuseAllAsync(service, "PATCH", $"/api/v4/incidents/{incident}", Edits);
        await RefuseAllAsync(service, "POST", $"/api/v4/incidents/{incident}/comments", Updates);
        await RefuseAllAsync(service, "PATCH", $"/api/v4/incidents/{incident}/comments/{update}", UpdateEdits);
        Assert.Equal(before, await TracesAsync(service, incident));
    }

    private static async Task RefuseAllAsync(Service service, string method, string path, (string Json, string Message)[] cases)
    {
        foreach (var (json, message) in cases)
        {
            var reply = await service.SendAsync(method, path, json);
            Assert.True(reply.Status == HttpStatusCode.BadRequest, $"{method} {path} {json[..Math.Min(100, json.Length)]} gave {reply}");
            reply.ExpectRefusal(HttpStatusCode.BadRequest, message);
        }
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Field_names_that_are_not_valid_text_do_no_harm(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        foreach (var name in new[] { @"\ud800", @"titl\ud800", @"\u0000", @"\ud800monitor_tag", @"monitor_ta\ud800", "" })
        {
            foreach (var json in new[] { $$"""{"{{name}}":1,"title":" "}""", $$"""{"title":"t","start_date_time":60,"monitors":[{"{{name}}":1}]}""" })
            {
                var reply = await service.SendAsync("POST", "/api/v4/incidents", json);
                Assert.True(reply.Status == HttpStatusCode.BadRequest, $"{json} gave {reply}");
            }
        }
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_body_over_the_size_limit_is_413(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var reply = await service.SendAsync("POST", "/api/v4/incidents", $$"""{"title":"{{new string('x', 1 << 20)}}"}""");
        Assert.Contains("PAYLOAD_TOO_LARGE", reply.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, reply.Status);
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Texts_of_the_maximum_length_are_stored_completely(DatabaseKind database)
    {
        var service = await hosts.OnAsync(database);
        var title = new string('é', 255);
        var incident = await service.CreateAsync(new { title = $"   {title}   ", start_date_time = 60 });
        var comment = new string('ř', 65_536);
        await service.PostAsync(incident, "MONITORING", comment: $"  {comment}\n");
        Assert.Equal(title, (await service.IncidentAsync(incident)).GetProperty("title").GetString());
        Assert.Equal(comment, (await service.UpdatesAsync(incident)).Single().GetProperty("comment").GetString());
    }
}

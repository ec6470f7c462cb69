using System.Text.Json.Nodes;
using Kener.Contracts;
using Kener.ServiceDefaults;
using Kener.Status.Site.Settings;
using Kener.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Status.Tests;

/// <summary>/api/v4/site with its exact answers and messages.</summary>
public sealed class SiteApiTests
{
    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task A_setting_is_returned_published_and_shown_on_pages(DatabaseKind database)
    {
        await using var service = await Service.StartAsync(database);
        Assert.Equal((200, """{"key":"siteName","value":"Kener","data_type":"string"}"""), await PlainAsync(service, "GET", "siteName"));
        Assert.Equal((200, """{"key":"siteName","value":"Ähm & Co","data_type":"string"}"""), await PlainAsync(service, "PATCH", "siteName", """{"value":"Ähm & Co"}"""));
        Assert.Equal((200, """{"key":"siteName","value":"Ähm & Co","data_type":"string"}"""), await PlainAsync(service, "GET", "siteName"));
        await service.AskAsync("PATCH", "/api/v4/site/siteURL", """{"value":"https://status.example.com/"}""");
        var view = await service.ViewAsync();
        Assert.Equal(("Ähm & Co", "Home - Ähm & Co"), (view.Site.Name, view.Title));
        await Eventually.TrueAsync(() => Task.FromResult(service.Told is
        { Name: "Ähm & Co", Url: "https://status.example.com", RetentionDays: 90, Language: "en", Zone: "UTC" }));
        Assert.Equal(2, await service.ReadAsync(db => db.Audit.CountAsync(row => row.Action == "site.changed")));
    }

    [Fact]
    public async Task Every_key_is_listed_with_its_type_and_its_default()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        var list = (await service.AskAsync("GET", "/api/v4/site")).Body["site_data"]!.AsArray();
        var types = list.ToDictionary(entry => entry!["key"]!.GetValue<string>(), entry => entry!["data_type"]!.GetValue<string>());
        Assert.Equal(("string", "object", "number"), (types["siteName"], types["i18n"], types["homeIncidentCount"]));
        Assert.DoesNotContain("announcement", types.Keys);
        Assert.Equal("http://localhost:8080", list.Single(entry => entry!["key"]!.GetValue<string>() == "siteURL")!["value"]!.GetValue<string>());
        foreach (var key in SiteKeys.All)
        {
            var one = await service.AskAsync("GET", $"/api/v4/site/{key.Name}");
            if (!types.ContainsKey(key.Name)) Assert.Equal((404, $"Config key '{key.Name}' not found"), Error(one));
            // A value that was returned can be sent back.
            else Assert.Equal(200, (await service.AskAsync("PATCH", $"/api/v4/site/{key.Name}", new JsonObject { ["value"] = one.Body["value"]!.DeepClone() }.ToJsonString())).Status);
        }
    }

    [Theory, InlineData(DatabaseKind.Sqlite), InlineData(DatabaseKind.PostgreSQL)]
    public async Task Text_that_a_page_could_only_show_as_code_is_rejected_with_its_field_and_limit(DatabaseKind database)
    {
        static string Repeat(string part, int times) => string.Concat(Enumerable.Repeat(part, times));
        var table = Repeat("|a", 40) + "\n" + Repeat("|-", 40) + "\n|b";
        await using var service = await Service.StartAsync(database);
        foreach (var (address, field, text, bound) in new[]
        {
            ("site/footerHTML", "value", table, "footerHTML must not have more than 32 columns in a table"),
            ("site/footerHTML", "value", Repeat("<br>", 401), "footerHTML must not have more than 400 tags"),
            ("site/footerHTML", "value", "<p>" + new string('x', 65_536), "footerHTML must not have more than 65536 characters"),
            ("site/footerHTML", "value", "<p><b title='" + new string('x', 60_000) + "'>" + Repeat("<p>x", 390), "footerHTML must not have unclosed tags that make more than 754744 characters of HTML"),
            ("pages/~home", "page_subheader", table, "page_subheader must not have more than 32 columns in a table"),
        })
        {
            var before = (await service.GetAsync("/")).Body;
            Assert.Equal((400, bound), Error(await service.AskAsync("PATCH", $"/api/v4/{address}", new JsonObject { [field] = text }.ToJsonString())));
            Assert.Equal(before, (await service.GetAsync("/")).Body);
        }
        Assert.Equal(200, (await service.AskAsync("PATCH", "/api/v4/site/footerHTML", """{"value":"<p>Us</p>"}""")).Status);
    }

    [Theory]
    [InlineData("nothing", """{"value":"x"}""", 404, "Config key 'nothing' is not a valid configuration key")]
    [InlineData("siteName", """{}""", 400, "Value is required")]
    [InlineData("siteName", """{"value":null}""", 400, "Value is required")]
    [InlineData("siteName", """{"value":""}""", 400, "Invalid value for config key 'siteName'")]
    [InlineData("siteName", """{"value":{}}""", 400, "Invalid value for config key 'siteName'")]
    [InlineData("siteName", """5""", 400, "Invalid JSON body")]
    [InlineData("siteURL", """{"value":"ftp://example.com"}""", 400, "Invalid value for config key 'siteURL'")]
    [InlineData("siteURL", """{"value":"example.com"}""", 400, "Invalid value for config key 'siteURL'")]
    [InlineData("siteURL", """{"value":"https://user:secret@example.com"}""", 400, "Invalid value for config key 'siteURL'")]
    [InlineData("theme", """{"value":"pink"}""", 400, "Invalid value for config key 'theme'")]
    [InlineData("timeZone", """{"value":"Mars/Olympus"}""", 400, "Invalid value for config key 'timeZone'")]
    [InlineData("nav", """{"value":[{"name":"x"}]}""", 400, "Invalid value for config key 'nav'")]
    [InlineData("nav", """{"value":"[]"}""", 400, "Invalid value for config key 'nav'")]
    [InlineData("colors", """{"value":{"UP":"#00ff00"}}""", 400, "Invalid value for config key 'colors'")]
    [InlineData("colors", """{"value":{"UP":"#00ff00","DOWN":"#f00","DEGRADED":"#00ff00","MAINTENANCE":"#00ff00"}}""", 400, "Invalid value for config key 'colors'")]
    [InlineData("homeIncidentCount", """{"value":-1}""", 400, "Invalid value for config key 'homeIncidentCount'")]
    [InlineData("homeIncidentStartTimeWithin", """{"value":0}""", 400, "Invalid value for config key 'homeIncidentStartTimeWithin'")]
    [InlineData("footerHTML", """{"value":"a\u0000b"}""", 400, "Text must not contain the character U+0000")]
    public async Task An_invalid_setting_is_rejected_with_the_messages_of_API_v4(string key, string body, int status, string message)
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        var before = await service.ReadAsync(db => db.Site.AsNoTracking().SingleAsync());
        Assert.Equal((status, message), Error(await service.AskAsync("PATCH", $"/api/v4/site/{key}", body)));
        var after = await service.ReadAsync(db => db.Site.AsNoTracking().SingleAsync());
        Assert.Equal((before.Version, "{}", before.Told), (after.Version, after.Values, after.Told));
    }

    [Theory]
    [InlineData("siteName", "5", "\"5\"")]
    [InlineData("themeToggle", "true", "\"true\"")]
    [InlineData("homeIncidentCount", "7", "\"7\"")]
    [InlineData("hero", """{"a":1,"a":2}""", """{"a":2}""")]
    public async Task Values_are_stored_in_a_normalized_form(string key, string sent, string kept)
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        Assert.Equal(200, (await service.AskAsync("PATCH", $"/api/v4/site/{key}", $$"""{"value":{{sent}}}""")).Status);
        Assert.Equal(kept, (await service.AskAsync("GET", $"/api/v4/site/{key}")).Body["value"]!.ToJsonString());
    }

    [Fact]
    public async Task A_replay_publishes_the_site()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        var first = await Eventually.GetAsync(() => Task.FromResult(service.Told), told => told is not null);
        service.Told = null;
        await service.TellAsync(new ReplayRequested { By = "test" });
        Assert.Equal(first, await Eventually.GetAsync(() => Task.FromResult(service.Told), told => told is not null));
    }

    [Fact]
    public async Task A_changed_installation_setting_is_published_at_the_start_unless_the_site_overrides_it()
    {
        var folder = Path.Combine(Path.GetTempPath(), "kener-test-" + Guid.NewGuid().ToString("N"));
        var first = await ToldAsync("http://one.example", "30");
        Assert.Equal(("http://one.example", 30), (first.Url, first.RetentionDays));
        await ToldAsync("http://one.example", "30", service => service.AskAsync("PATCH", "/api/v4/site/siteURL", """{"value":"https://chosen.example"}"""));
        var last = await ToldAsync("http://two.example", "40");
        Assert.Equal(("https://chosen.example", 40, true), (last.Url, last.RetentionDays, last.Version > first.Version));
        Directory.Delete(folder, recursive: true);

        async Task<SiteChanged> ToldAsync(string url, string days, Func<Service, Task>? change = null)
        {
            var settings = new Dictionary<string, string?> { ["Kener:SiteUrl"] = url, ["Kener:RetentionDays"] = days };
            await using var service = await Service.StartAsync(DatabaseKind.Sqlite, dataPath: folder, settings: settings);
            if (change is not null) await change(service);
            return (await Eventually.GetAsync(() => Task.FromResult(service.Told), told => told is not null))!;
        }
    }

    [Theory]
    [InlineData("""{"enabled":true,"retentionDays":30}""", 30)]
    [InlineData("""{"retentionDays":1000000}""", 36500)]
    [InlineData("""{"enabled":false,"retentionDays":30}""", null)]
    // A value that cannot be used counts as not set, so a mistake deletes no data.
    [InlineData("""{"retentionDays":0}""", 90)]
    [InlineData("""{"enabled":"no","retentionDays":"7"}""", 90)]
    [InlineData("[]", 90)]
    [InlineData("5", 90)]
    public void The_retention_policy_is_a_number_of_days_or_unlimited(string policy, int? days) => Assert.Equal(
        days, new SiteSettings(new JsonObject { ["dataRetentionPolicy"] = JsonNode.Parse(policy) }, new KenerSettings()).RetentionDays);

    [Fact]
    public async Task The_settings_take_effect_on_the_pages()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        foreach (var (key, value) in new[]
        {
            ("logo", "\"/assets/images/a.png\""), ("favicon", "\"https://example.com/f.png\""), ("nav", """[{"name":"Docs","url":"https://docs.example.com"}]"""),
            ("footerHTML", "\"<p>Bye</p>\""), ("theme", "\"dark\""), ("themeToggle", "\"NO\""), ("tzToggle", "\"NO\""),
            ("announcement", """{"title":"Hear","message":"this","type":"WARNING","cancellable":true,"reshowAfterInHours":2,"ctaURL":"/x","ctaText":"Go"}"""),
            ("colors", """{"UP":"#00ff00","DOWN":"#CA3038","DEGRADED":"#e6ca61","MAINTENANCE":"#6679cc"}"""),
            ("metaSiteTitle", "\"Meta\""), ("socialPreviewImage", "\"/assets/images/p.png\""), ("timeZone", "\"Asia/Tokyo\""), ("homeIncidentCount", "0"),
            ("customCSS", "\"h1{color:red}\""), ("dateAndTimeFormat", """{"datePlusTime":"d.M. HH:mm","dateOnly":"PP","timeOnly":7}"""),
        })
            Assert.Equal(200, (await service.AskAsync("PATCH", $"/api/v4/site/{key}", $$"""{"value":{{value}}}""")).Status);
        await service.TellAsync(Given.Incident(1, Given.Noon - 60, Given.Noon) with { IsGlobal = true });
        var view = await service.ViewAsync();
        Assert.Equal(("/assets/images/a.png", "https://example.com/f.png", "<p>Bye</p>", "Docs"), (view.Site.Logo, view.Site.Favicon, view.Site.Footer, view.Site.Nav.Single().Text));
        Assert.Equal((false, false, Ui.PageTheme.Dark, "Asia/Tokyo"), (view.Site.OffersThemes, view.Site.OffersZones, view.Audience.Theme, view.Audience.Zone));
        Assert.Equal(("Hear", "WARNING", 2.0, "Go"), (view.Site.Announcement!.Title, view.Site.Announcement.Type, view.Site.Announcement.ReshowAfterHours, view.Site.Announcement.Action!.Text));
        Assert.Equal([(MonitorStatus.Up, ("#00ff00", "#00ff00"))], view.Site.Colours.Select(pair => (pair.Key, pair.Value)));
        Assert.Equal(("Meta", "http://localhost:8080/assets/images/p.png", "Service Status"), (view.Title, view.PreviewImage, view.Description));
        Assert.Null(view.Resolved);
        Assert.Equal(("h1{color:red}", new Ui.DateForms("d.M. HH:mm", null, null)), (view.Site.Css, view.Site.Dates));
        Assert.DoesNotContain("No incidents were resolved recently", System.Text.Encoding.UTF8.GetString((await service.SettledAsync()).Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_harmful_style_is_stored_as_it_was_sent_and_rendered_harmless()
    {
        await using var service = await Service.StartAsync(DatabaseKind.Sqlite);
        const string Sent = "@import url(https://evil.example/a.css);h1{color:red;background:url(//evil.example/b.png)}</style><script>alert(1)</script>";
        Assert.Equal(200, (await service.AskAsync("PATCH", "/api/v4/site/customCSS", new JsonObject { ["value"] = Sent }.ToJsonString())).Status);
        Assert.Equal(Sent, (await service.AskAsync("GET", "/api/v4/site/customCSS")).Body["value"]!.GetValue<string>());
        var html = System.Text.Encoding.UTF8.GetString((await service.SettledAsync()).Body);
        Assert.Contains("h1{color:red;background:url(data:,)}<\\/style>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("evil.example", html, StringComparison.Ordinal);
        Assert.DoesNotContain("</style><script>alert", html, StringComparison.Ordinal);
        Assert.Equal(200, (await service.AskAsync("PATCH", "/api/v4/site/customCSS", """{"value":""}""")).Status);
        Assert.DoesNotContain("id=\"own\"", System.Text.Encoding.UTF8.GetString((await service.SettledAsync()).Body), StringComparison.Ordinal);
    }

    private static async Task<(int, string)> PlainAsync(Service service, string method, string key, string? body = null)
    {
        var (status, answer) = await service.AskAsync(method, $"/api/v4/site/{key}", body);
        return (status, answer.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    private static (int, string) Error((int Status, JsonNode Body) answer) => (answer.Status, answer.Body["error"]?["message"]?.GetValue<string>() ?? answer.Body.ToJsonString());
}

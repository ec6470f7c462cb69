using System.Text.Json;
using CsCheck;
using Kener.Contracts;
using Kener.Monitors.Monitors;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Json;

namespace Kener.Monitors.Tests;

/// <summary>Validation of monitors, and the events about them (Behavior: CHK-1, STA-5, STA-7).</summary>
public sealed class MonitorRulesTests
{
    private static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);

    private static Monitor Made(string more) => Monitor.Create(MonitorInput.Read(new InputBody(Json($$"""{"tag":"web","name":"Web"{{more}}}"""), IsNew: true), known: null), 1_000);

    private static void Edit(Monitor monitor, string json, long nowMs = 0) => monitor.Edit(MonitorInput.Read(new InputBody(Json(json), IsNew: false), monitor.Tag), nowMs);

    [Theory]
    [InlineData("* * * * *", 60)]
    [InlineData("*/5 * * * *", 300)]
    [InlineData("*/7 * * * *", 420)]
    [InlineData("0 * * * *", 3_600)]
    [InlineData("0,10 * * * *", 3_000)]
    [InlineData("*/10 * * * * *", 60)]
    [InlineData("0 */2 * * * *", 120)]
    [InlineData("30 3 * * *", 86_400)]
    [InlineData("* 9-16 * * *", 57_660)]
    [InlineData("* * * * 1-5", 172_860)]
    [InlineData("0 0 1 * *", 31 * 86_400)]
    [InlineData("0 0 29 2 *", 1_461 * 86_400)]
    public void The_period_is_the_longest_distance_between_two_checks(string cron, int seconds) =>
        Assert.Equal(seconds, CronSchedule.PeriodSeconds(cron));

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("* * * *")]
    [InlineData("* * * * * * *")]
    [InlineData("60 * * * *")]
    [InlineData("@every_minute")]
    [InlineData("0 0 30 2 *")]
    [InlineData("H * * * *")]
    [InlineData("every five minutes of it")]
    public void An_invalid_cron_or_one_that_never_comes_due_is_no_schedule(string cron) => Assert.False(CronSchedule.IsValid(cron));

    [Fact]
    public void Any_text_can_be_validated_and_every_valid_schedule_has_a_period() =>
        Gen.OneOf(Gen.Char["0123456789*/,-LWH#? "].Array[1, 20].Select(characters => new string(characters)), Gen.String).Sample(text =>
            !CronSchedule.IsValid(text) || CronSchedule.PeriodSeconds(text) >= 60);

    [Theory]
    [InlineData("a", true)]
    [InlineData("a-b_c9", true)]
    [InlineData("-a", false)]
    [InlineData("a_", false)]
    [InlineData("A", false)]
    [InlineData("a b", false)]
    [InlineData("é", false)]
    [InlineData("", false)]
    public void A_tag_has_only_characters_that_are_safe_in_addresses(string tag, bool friendly) => Assert.Equal(friendly, MonitorFields.IsTag(tag));

    [Fact]
    public void A_default_status_applies_only_to_an_active_monitor_with_a_cron()
    {
        Assert.Equal(MonitorStatus.Up, Made(""","cron":"* * * * *" """).Default);
        Assert.Equal(MonitorStatus.Down, Made(""","cron":"* * * * *","default_status":"DOWN" """).Default);
        Assert.Null(Made("").Default);
        Assert.Null(Made(""","cron":"* * * * *","status":"INACTIVE" """).Default);
        Assert.Null(Made(""","cron":"* * * * *","default_status":"NONE" """).Default);
        Assert.Null(Made(""","cron":"* * * * *","default_status":"MAINTENANCE" """).Default);
    }

    [Fact]
    public void A_manual_monitor_has_no_period_and_may_carry_its_status_forward()
    {
        var manual = Made(""","monitor_type":"NONE","cron":"* * * * *","type_data":{"overrideWithLastKnownStatus":true}""").ToEvent();
        Assert.Equal((0, true), (manual.PeriodSeconds, manual.CarriesForward));

        var probe = Made(""","monitor_type":"API","cron":"*/2 * * * *","type_data":{"overrideWithLastKnownStatus":true}""").ToEvent();
        Assert.Equal((120, false), (probe.PeriodSeconds, probe.CarriesForward));
        Assert.Equal(0, Made("").ToEvent().PeriodSeconds);
    }

    [Fact]
    public void Events_contain_no_secrets()
    {
        var monitor = Made(""","monitor_type":"SQL","type_data":{"connectionString":"hunter2","headers":[{"key":"X","value":"hunter2"}],"secretString":"hunter2"}""");
        Assert.DoesNotContain("hunter2", JsonSerializer.Serialize(monitor.ToEvent()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://example.com/x", "https://example.com/x")]
    [InlineData("javascript:alert(1)", null)]
    [InlineData("/relative", null)]
    [InlineData("", null)]
    public void Events_carry_only_http_and_https_addresses(string address, string? told) =>
        Assert.Equal(told, Made($$""","external_url":"{{address}}" """).ToEvent().ExternalUrl);

    [Fact]
    public void A_formula_that_does_not_parse_is_replaced_by_the_default()
    {
        var told = Made(""","monitor_settings_json":{"uptime_formula_numerator":"up + degraded","uptime_formula_denominator":"2 * up"}""").ToEvent();
        Assert.Equal(("up + degraded", null), (told.UptimeNumerator, told.UptimeDenominator));
        Assert.Null(Made(""","monitor_settings_json":{"uptime_formula_numerator":5}""").ToEvent().UptimeNumerator);
    }

    [Fact]
    public void An_edit_may_contain_the_monitors_own_tag_and_no_other()
    {
        var monitor = Made("");
        Edit(monitor, """{"tag":"web","name":"New"}""", 2_000);
        Assert.Equal(("New", 2_000), (monitor.Name, monitor.UpdatedMs));
        Assert.Throws<Refusal>(() => Edit(monitor, """{"tag":"other"}""", 3_000));
    }

    [Fact]
    public void Objects_are_merged_one_level_deep_and_null_clears_them()
    {
        var monitor = Made(""","type_data":{"a":1,"b":{"x":1,"y":1}}""");
        Edit(monitor, """{"type_data":{"b":{"x":2},"c":3},"monitor_settings_json":{"own":1}}""");
        Assert.Equal("""{"a":1,"b":{"x":2},"c":3}""", monitor.TypeData);
        Assert.True(JsonElement.DeepEquals(
            Json("""{"uptime_formula_numerator":"up + maintenance + degraded","uptime_formula_denominator":"up + down + degraded + maintenance","own":1}"""),
            Json(monitor.Settings!)));
        Edit(monitor, """{"type_data":null,"monitor_settings_json":null}""");
        Assert.Null(monitor.TypeData);
        Assert.Null(monitor.Settings);
    }
}

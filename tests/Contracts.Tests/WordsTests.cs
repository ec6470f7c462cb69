using CsCheck;
using Kener.TestKit;

namespace Kener.Contracts.Tests;

public sealed class WordsTests
{
    [Fact]
    public void Every_status_has_a_unique_word_that_parses_back_to_it()
    {
        foreach (var status in Enum.GetValues<MonitorStatus>()) Assert.Equal(status, ApiWords.ToStatus(status.ToWord()));
    }

    [Fact]
    public void Every_state_has_a_unique_word_that_parses_back_to_it()
    {
        foreach (var state in Enum.GetValues<IncidentState>()) Assert.Equal(state, ApiWords.ToState(state.ToWord()));
    }

    [Fact]
    public void Every_source_has_a_unique_word() =>
        Assert.Equal(["DASHBOARD", "API", "ALERT"], Enum.GetValues<IncidentSource>().Select(source => source.ToWord()));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("up")]
    [InlineData("UP ")]
    [InlineData("0")]
    [InlineData("DOWN,UP")]
    public void Any_other_text_is_neither_a_status_nor_a_state(string? text)
    {
        Assert.Null(ApiWords.ToStatus(text));
        Assert.Null(ApiWords.ToState(text));
    }

    [Fact]
    public void There_are_28_distinct_permissions()
    {
        Assert.Equal(28, Permissions.All.Count);
        Assert.Equal(28, Permissions.All.Distinct().Count());
    }

    [Fact]
    public void A_time_is_floored_to_the_start_of_its_minute_also_before_1970() => Gen.Long[-1_000_000_000_000, 1_000_000_000_000].Sample(seconds =>
    {
        var floor = Minutes.Floor(seconds);
        return floor % 60 == 0 && floor <= seconds && seconds - floor < 60 && Minutes.Floor(floor) == floor;
    }, iter: Scale.Of(20_000));

    [Fact]
    public void The_number_of_a_day_agrees_with_the_calendar() => Gen.Long[-1_000_000_000, 10_000_000_000].Sample(seconds =>
        DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime).DayNumber - new DateOnly(1970, 1, 1).DayNumber == Minutes.DayOf(seconds),
        iter: Scale.Of(20_000));
}

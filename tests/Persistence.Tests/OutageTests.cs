using System.Net;
using System.Text.RegularExpressions;
using Kener.Persistence.Commit;
using Kener.ServiceDefaults;
using Kener.TestKit;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Kener.Persistence.Tests;

/// <summary>A database that is unavailable for now is an outage, answered with 503; every other fault of a database is a bug, answered with 500.</summary>
public sealed class OutageTests
{
    public static TheoryData<DatabaseKind> Databases => TestModule.Databases;

    public static TheoryData<DatabaseKind, bool> Outages => new() { { DatabaseKind.Sqlite, true }, { DatabaseKind.Sqlite, false }, { DatabaseKind.PostgreSQL, true }, { DatabaseKind.PostgreSQL, false } };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task A_full_or_read_only_database_is_503_with_the_reason_and_is_logged_once_and_recovers_by_itself(DatabaseKind database, bool isFull)
    {
        var (outage, clock) = (new PlantedOutage(isFull), Clocks.AtHand());
        await using var module = await TestModule.StartAsync(database, clock, more: services => services.AddFault(outage));
        await module.WarmAsync();
        var client = module.Host.Anonymous;
        await MadeAsync(client, "before");
        await outage.SetAsync(module, isOn: true);

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => client.PostAsync($"/api/things/during{i}?size=20000", null, Cancel)));
        foreach (var answer in answers)
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "5"), (answer.StatusCode, answer.Headers.RetryAfter?.ToString()));
            var text = await answer.Content.ReadAsStringAsync(Cancel);
            Assert.Contains("\"code\":\"UNAVAILABLE\"", text, StringComparison.Ordinal);
            Assert.Contains(isFull ? "The disk of the database is full" : "The database is read-only", text, StringComparison.Ordinal);
        }
        Assert.Equal("1", await client.GetStringAsync("/api/things", Cancel));
        Assert.Equal((HttpStatusCode.OK, "Degraded"), await AskAsync(client, "/ready"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Degraded"), await AskAsync(client, "/health"));
        var entry = Assert.Single(module.Host.Log.Entries, entry => entry.Message.Contains(isFull ? "is full" : "is read-only", StringComparison.Ordinal));
        Assert.Equal((LogLevel.Warning, null), (entry.Level, entry.Fault));
        Assert.DoesNotContain(module.Host.Log.Entries, other => other.Fault is not null);

        await outage.SetAsync(module, isOn: false);
        await Eventually.TrueAsync(async () => (await client.PostAsync("/api/things/after?size=20000", null, Cancel)).IsSuccessStatusCode);
        await Eventually.TrueAsync(async () =>
        {
            // A health report is reused for a second.
            clock.Advance(TimeSpan.FromSeconds(1));
            return await AskAsync(client, "/health") == (HttpStatusCode.OK, "Healthy");
        });
        Assert.Equal("2", await client.GetStringAsync("/api/things", Cancel));
    }

    [Fact]
    public async Task A_read_only_PostgreSQL_is_noticed_without_a_write()
    {
        var outage = new PlantedOutage(isFull: false);
        await using var module = await TestModule.StartAsync(DatabaseKind.PostgreSQL, more: services => services.AddFault(outage));
        await outage.SetAsync(module, isOn: true);
        await Eventually.TrueAsync(async () => await AskAsync(module.Host.Anonymous, "/health") == (HttpStatusCode.ServiceUnavailable, "Degraded"));
        await outage.SetAsync(module, isOn: false);
        await Eventually.TrueAsync(async () => await AskAsync(module.Host.Anonymous, "/health") == (HttpStatusCode.OK, "Healthy"));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_full_disk_is_no_longer_reported_two_minutes_after_the_last_write(DatabaseKind database)
    {
        var (outage, clock) = (new PlantedOutage(isFull: true), Clocks.AtHand());
        await using var module = await TestModule.StartAsync(database, clock, more: services => services.AddFault(outage));
        await module.WarmAsync();
        await outage.SetAsync(module, isOn: true);
        await module.Host.Anonymous.PostAsync("/api/things/during?size=20000", null, Cancel);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Degraded"), await AskAsync(module.Host.Anonymous, "/health"));
        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal((HttpStatusCode.OK, "Healthy"), await AskAsync(module.Host.Anonymous, "/health"));
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task An_outage_that_goes_on_is_logged_once_a_minute(DatabaseKind database)
    {
        var (outage, clock) = (new PlantedOutage(isFull: false), Clocks.AtHand());
        await using var module = await TestModule.StartAsync(database, clock, more: services => services.AddFault(outage));
        await module.WarmAsync();
        await outage.SetAsync(module, isOn: true);
        for (var minute = 1; minute <= 3; minute++)
        {
            for (var i = 0; i < 3; i++) Assert.Equal(503, (int)(await module.Host.Anonymous.PostAsync("/api/things/x", null, Cancel)).StatusCode);
            Assert.Equal(minute, module.Host.Log.Entries.Count(entry => entry.Message.Contains("is read-only", StringComparison.Ordinal)));
            clock.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Theory]
    [MemberData(nameof(Databases))]
    public async Task A_constraint_violation_that_no_validation_caught_is_500_with_a_log_entry(DatabaseKind database)
    {
        await using var module = await TestModule.StartAsync(database);
        await MadeAsync(module.Host.Anonymous, "same");
        using var answer = await module.Host.Anonymous.PostAsync("/api/things/same", null, Cancel);
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Contains("INTERNAL_ERROR", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        var entry = Assert.Single(module.Host.Log.Entries);
        Assert.Equal((LogLevel.Error, "POST /api/things/same failed with 500"), (entry.Level, entry.Message));
        Assert.IsType<DbUpdateException>(entry.Fault);
        module.Host.Log.ExpectsErrors = true;
    }

    [Fact]
    public async Task Stored_JSON_that_cannot_be_read_is_500()
    {
        await using var module = await TestModule.StartAsync(DatabaseKind.Sqlite);
        Assert.Equal(HttpStatusCode.InternalServerError, (await module.Host.Anonymous.GetAsync("/api/stored", Cancel)).StatusCode);
        Assert.Single(module.Host.Log.Errors);
        module.Host.Log.ExpectsErrors = true;
    }

    [Fact]
    public async Task A_test_that_expects_no_errors_fails_if_its_host_answers_with_500()
    {
        var module = await TestModule.StartAsync(DatabaseKind.Sqlite);
        await module.Host.Anonymous.GetAsync("/api/stored", Cancel);
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(async () => await module.DisposeAsync());
        Assert.Contains("GET /api/stored failed with 500", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("53100", true)]
    [InlineData("53300", true)]
    [InlineData("25006", true)]
    [InlineData("57P01", true)]
    [InlineData("57P03", true)]
    [InlineData("08006", true)]
    [InlineData("28P01", true)]
    [InlineData("3D000", true)]
    [InlineData("40001", true)]
    [InlineData("40P01", true)]
    [InlineData("58030", true)]
    [InlineData("22001", false)]
    [InlineData("22021", false)]
    [InlineData("22P05", false)]
    [InlineData("23502", false)]
    [InlineData("23505", false)]
    [InlineData("42P01", false)]
    [InlineData("42501", false)]
    [InlineData("42601", false)]
    [InlineData("54000", false)]
    [InlineData("57014", false)]
    [InlineData("XX001", false)]
    public void An_error_code_of_PostgreSQL_is_an_outage_or_a_bug(string code, bool isOutage) =>
        Assert.Equal(isOutage, new RetryLimitExceededException("", new DbUpdateException("", new PostgresException("", "ERROR", "ERROR", code))).IsOutage());

    [Theory]
    [InlineData(5, true)]
    [InlineData(8, true)]
    [InlineData(10, true)]
    [InlineData(13, true)]
    [InlineData(14, true)]
    [InlineData(1, false)]
    [InlineData(6, false)]
    [InlineData(11, false)]
    [InlineData(18, false)]
    [InlineData(19, false)]
    [InlineData(26, false)]
    public void An_error_code_of_SQLite_is_an_outage_or_a_bug(int code, bool isOutage) => Assert.Equal(isOutage, new DbUpdateException("", new SqliteException("", code)).IsOutage());

    [Fact]
    public void Any_other_exception_is_an_outage_only_if_it_is_a_timeout_or_a_lost_connection()
    {
        Assert.True(Faults.LostConnection().IsOutage());
        Assert.True(new TimeoutException().IsOutage());
        Assert.False(new RegexMatchTimeoutException().IsOutage());
        Assert.False(new NpgsqlException("no cause").IsOutage());
        Assert.False(new InvalidOperationException("", new FormatException()).IsOutage());
    }

    private static async Task MadeAsync(HttpClient client, string name) => Assert.Equal(HttpStatusCode.Created, (await client.PostAsync($"/api/things/{name}", null, Cancel)).StatusCode);

    private static async Task<(HttpStatusCode, string)> AskAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(path, Cancel);
        // The lines after the first name the checks.
        return (answer.StatusCode, (await answer.Content.ReadAsStringAsync(Cancel)).Split('\n')[0]);
    }
}

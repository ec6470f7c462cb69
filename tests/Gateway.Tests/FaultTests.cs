using System.Text.Json;
using Kener.Incidents;
using Kener.Persistence.Delivery;
using Kener.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Kener.Gateway.Tests;

/// <summary>
/// The responses to exceptions of a service: an outage of a database is 503 however deeply it is nested, every other exception is 500, and no
/// response reveals details.
/// </summary>
public sealed class FaultTests
{
    private const string Secret = "Password=hunter2";
    private static readonly NpgsqlException Away = new(Secret, new IOException(Secret));

    private static readonly Dictionary<string, Exception> Faults = new()
    {
        ["away"] = Away,
        ["away when saved"] = new DbUpdateException(Secret, Away),
        ["away at each try"] = new RetryLimitExceededException(Secret, Away),
        ["away at each try to save"] = new RetryLimitExceededException(Secret, new DbUpdateException(Secret, Away)),
        ["a constraint"] = new DbUpdateException(Secret, new PostgresException(Secret, "ERROR", "ERROR", "23505")),
        ["no outage of a database"] = new NpgsqlException(Secret),
        ["stored JSON"] = new JsonException(Secret),
        ["ours"] = new InvalidOperationException(Secret, new FormatException(Secret)),
    };

    [Theory]
    [InlineData("away", 503, "UNAVAILABLE")]
    [InlineData("away when saved", 503, "UNAVAILABLE")]
    [InlineData("away at each try", 503, "UNAVAILABLE")]
    [InlineData("away at each try to save", 503, "UNAVAILABLE")]
    [InlineData("a constraint", 500, "INTERNAL_ERROR")]
    [InlineData("no outage of a database", 500, "INTERNAL_ERROR")]
    [InlineData("stored JSON", 500, "INTERNAL_ERROR")]
    [InlineData("ours", 500, "INTERNAL_ERROR")]
    public async Task An_exception_is_answered_by_its_kind_and_without_its_message(string fault, int status, string code)
    {
        var folder = Directory.CreateTempSubdirectory("kener-test-").FullName;
        await using var host = await Embedded.StartAsync(app => app.MapGet("/api/v4/incidents", string () => throw Faults[fault]).AllowAnyone(), add: builder =>
        {
            builder.AddIncidents();
            builder.AddDelivery();
        }, settings: [("Kener:Database", "Sqlite"), ("Kener:DataPath", folder)]);
        host.Log.ExpectsErrors = true;
        using var client = host.Client(Embedded.Full);
        var answer = await client.AskAsync("GET", "/api/v4/incidents");
        var error = answer.Error();
        Assert.Equal((status, code), (error.Status, error.Code));
        Assert.DoesNotContain("hunter2", answer.Text);
        Assert.Equal(status == 500 ? 1 : 0, host.Log.Errors.Count);
    }
}

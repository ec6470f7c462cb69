using Kener.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Kener.Gateway.Tests;

/// <summary>What a service throws, as it is answered: a database that is away is no fault of ours, however deep it lies, and nothing tells of the inside.</summary>
public sealed class FaultTests
{
    private const string Secret = "Password=hunter2";
    private static readonly NpgsqlException Away = new(Secret);

    private static readonly Dictionary<string, Exception> Faults = new()
    {
        ["away"] = Away,
        ["away when saved"] = new DbUpdateException(Secret, Away),
        ["away at each try"] = new RetryLimitExceededException(Secret, Away),
        ["away at each try to save"] = new RetryLimitExceededException(Secret, new DbUpdateException(Secret, Away)),
        ["ours"] = new InvalidOperationException(Secret, new FormatException(Secret)),
    };

    [Theory]
    [InlineData("away", 503, "UNAVAILABLE")]
    [InlineData("away when saved", 503, "UNAVAILABLE")]
    [InlineData("away at each try", 503, "UNAVAILABLE")]
    [InlineData("away at each try to save", 503, "UNAVAILABLE")]
    [InlineData("ours", 500, "INTERNAL_ERROR")]
    public async Task A_fault_is_answered_by_its_kind_and_without_its_words(string fault, int status, string code)
    {
        await using var host = await Embedded.StartAsync(app => app.MapGet("/api/v4/incidents", string () => throw Faults[fault]).AllowAnyone());
        using var client = host.Client(Embedded.Full);
        var answer = await client.AskAsync("GET", "/api/v4/incidents");
        var error = answer.Error();
        Assert.Equal((status, code), (error.Status, error.Code));
        Assert.DoesNotContain("hunter2", answer.Text);
    }
}

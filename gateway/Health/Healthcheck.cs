using System.Text;
using System.Text.Json;
using Kener.ServiceDefaults.Health;
using Kener.ServiceDefaults.Redis;

namespace Kener.Gateway.Health;

/// <summary>
/// Handles <c>GET /healthcheck</c> as the original does: answers 200 with the state of the database and Redis, also if one is unhealthy; with
/// <c>?strict=1</c>, 503 in that case. Answers within two seconds.
/// </summary>
internal static class Healthcheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async Task AnswerAsync(HttpContext context)
    {
        var (db, redis) = await AskAsync(context);
        var isWell = db && redis;
        context.Response.StatusCode = isWell || context.Request.Query["strict"] != "1" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method)) return;
        await context.Response.WriteAsync(Write(isWell, db, redis), context.RequestAborted);
    }

    private static async Task<(bool Db, bool Redis)> AskAsync(HttpContext context)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(Patience);
        try
        {
            var report = await context.RequestServices.GetRequiredService<HealthReports>().ReadAsync().WaitAsync(patience.Token);
            // Embedded there is no Redis check, so Redis counts as healthy. Every other check depends on a database.
            return (report.Entries.Values.Where(entry => !entry.Tags.Contains(SnapshotTravelExtensions.RedisTag)).All(HealthReports.Serves),
                report.Entries.Values.Where(entry => entry.Tags.Contains(SnapshotTravelExtensions.RedisTag)).All(HealthReports.Serves));
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return (false, false);
        }
    }

    private static string Write(bool isWell, bool db, bool redis)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("status", isWell ? "ok" : "degraded");
            json.WriteBoolean("db", db);
            json.WriteBoolean("redis", redis);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}

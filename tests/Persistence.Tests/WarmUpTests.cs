using System.Net;
using Kener.Persistence.Providers;
using Kener.ServiceDefaults;
using Kener.ServiceDefaults.Identity;
using Kener.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Kener.Persistence.Tests;

public sealed class WarmUpTests
{
    private static readonly string[] Reads = ["/api/v4/things", "/api/v4/things/{id}", "/api/agent/v1/long-poll"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(TestModule.Databases), MemberType = typeof(TestModule))]
    public async Task Before_a_process_is_ready_it_reads_lists_and_rolls_a_change_back(DatabaseKind database)
    {
        var (asked, goOn) = (new List<string>(), new TaskCompletionSource());
        await using var host = await ModuleHost.StartAsync(database, builder => builder.AddModuleDb<TestDb, TestSqlite, TestPostgres>("testdb", "test"), app =>
        {
            foreach (var path in Reads) app.MapGet(path, Take).AllowAnyone();
            app.MapGet("/api/v4/broken", IResult (HttpRequest _) => throw new InvalidOperationException("It is broken")).AllowAnyone();
            app.MapPost("/api/v4/things", Take).AllowAnyone();
        });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Anonymous.GetAsync("/ready", Cancel)).StatusCode);

        goOn.SetResult();
        await Eventually.TrueAsync(async () => (await host.Anonymous.GetAsync("/ready", Cancel)).StatusCode == HttpStatusCode.OK);
        Assert.Equal(["GET /api/v4/things"], asked);
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TestDb>();
        Assert.Equal((0, 0), (await db.Outbox.CountAsync(Cancel), await db.Audit.CountAsync(Cancel)));

        async Task<IResult> Take(HttpRequest request)
        {
            await goOn.Task;
            asked.Add($"{request.Method} {request.Path}");
            return Results.Json(new { things = Array.Empty<string>() });
        }
    }
}

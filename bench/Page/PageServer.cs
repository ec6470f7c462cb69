using Kener.Gateway;
using Kener.ServiceDefaults;
using Kener.Status.Snapshots;
using Kener.Ui;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kener.Bench.Page;

/// <summary>
/// The gateway with one page in its memory, and before it, on the same Kestrel, what bounds it: answers that nothing is asked for, one of
/// thirteen bytes and one of as many as the page has.
/// </summary>
internal static class PageServer
{
    public const string Name = "page-server", Plaintext = "/plaintext", SameBytes = "/same-bytes", Publish = "publish";

    public static async Task<int> RunAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration["Kener:Database"] = "Sqlite";
        builder.Configuration["Kener:Delivery"] = "Mediator";
        builder.AddServiceDefaults();
        builder.AddGateway();
        // What is printed is the address, and nothing else.
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<PageRenderer>();
        await using var app = builder.Build();
        var page = await app.Services.GetRequiredService<PageRenderer>().HomeAsync(SamplePage.Of(monitors: 50, days: 90, incidents: 1));
        var snapshot = page.ToSnapshot(page.Pack(), Variant.KeyOf("/", null), 1, Bytes.ETagOf(page), 0);
        var (hello, bytes) = ("Hello, World!"u8.ToArray(), snapshot.Brotli!);
        app.Use(async (context, next) =>
        {
            var body = context.Request.Path.Value switch { Plaintext => hello, SameBytes => bytes, _ => null };
            if (body is null)
            {
                await next(context);
                return;
            }
            context.Response.ContentType = "text/plain";
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body);
        });
        app.UseGateway();
        app.UseServiceDefaults();
        app.MapGateway();
        await app.StartAsync();
        var board = app.Services.GetRequiredService<SnapshotBoard>();
        board.Publish(snapshot);
        Console.WriteLine(app.Urls.First());
        // Each word from outside is a new version of the page.
        while (await Console.In.ReadLineAsync() is not null) board.Publish(snapshot = snapshot with { Version = snapshot.Version + 1 });
        return 0;
    }
}

using System.Globalization;
using Kener.Gateway;
using Kener.ServiceDefaults.Redis;
using Kener.ServiceDefaults.Snapshots;
using Kener.Status.Publishing;
using Kener.Ui;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kener.Bench.Page;

/// <summary>
/// The gateway with one page in memory, which it also publishes to Redis for other gateways. In front of it, on the same Kestrel, are its bounds:
/// responses that need no work, one of thirteen bytes and one with as many bytes as the page.
/// </summary>
internal static class PageServer
{
    public const string Name = "page-server", Plaintext = "plaintext", SameBytes = "same-bytes";

    /// <summary>Returns the settings with which a gateway receives the page from this Redis.</summary>
    public static Dictionary<string, string> Settings(string redis) => new()
    {
        ["ConnectionStrings:cache"] = redis,
        ["Kener:InternalKey"] = "an-internal-key-of-the-benchmark-0123456789",
    };

    public static async Task<int> RunAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        foreach (var (setting, value) in Settings(args[0])) builder.Configuration[setting] = value;
        builder.AddServiceDefaults();
        builder.AddGateway();
        builder.AddSnapshotMirror("page:");
        // Only the address may be printed.
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<PageRenderer>();
        await using var app = builder.Build();
        var page = await app.Services.GetRequiredService<PageRenderer>().HomeAsync(SamplePage.Of(monitors: 50, days: 90, incidents: 1));
        var snapshot = page.ToSnapshot(page.Pack(), Variant.KeyOf("/", null), 1, Bytes.ETagOf(page), 0);
        UseBounds(app, snapshot.Brotli!);
        app.UseGateway();
        app.UseServiceDefaults();
        app.MapGateway();
        await app.StartAsync();
        var board = app.Services.GetRequiredService<SnapshotStore>();
        board.Publish(snapshot);
        Console.WriteLine(app.Urls.First());
        // As Status does, so that the gateways know that their page is still current.
        using var confirming = new Timer(_ => board.Confirm(), null, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        // Each line of the input is the number of a new version of the page.
        while (await Console.In.ReadLineAsync() is { } version) board.Publish(snapshot with { Version = long.Parse(version, CultureInfo.InvariantCulture) });
        return 0;
    }

    private static void UseBounds(WebApplication app, byte[] bytes)
    {
        var hello = "Hello, World!"u8.ToArray();
        app.Use(async (context, next) =>
        {
            var body = context.Request.Path.Value switch { "/" + Plaintext => hello, "/" + SameBytes => bytes, _ => null };
            if (body is null)
            {
                await next(context);
                return;
            }
            context.Response.ContentType = "text/plain";
            context.Response.ContentLength = body.Length;
            await context.Response.Body.WriteAsync(body);
        });
    }
}

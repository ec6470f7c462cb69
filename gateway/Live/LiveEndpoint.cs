using System.Globalization;
using System.Text;
using Kener.Gateway.Limits;
using Kener.ServiceDefaults;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Kener.Gateway.Live;

/// <summary>
/// GET /live?page=/europe: tells by server-sent events each new version of a page, and nothing else; the page itself is fetched from
/// memory. The event's id is the version too, so that whoever comes back is told at once where he missed one.
/// </summary>
internal sealed class LiveEndpoint(
    LiveTopics topics, SnapshotBoard board, SiteOnBoard site, IOptions<LimitSettings> limits, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    /// <summary>A reader that takes nothing for so long is dropped.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly byte[] Greeting = "retry: 3000\n\n"u8.ToArray(), Beat = ":\n\n"u8.ToArray();

    public async Task HandleAsync(HttpContext context)
    {
        if (context.Request.Query["page"] is not [{ Length: > 0 } page]) throw Refusal.BadRequest("page is required: the path of a page");
        var (kind, path) = PageAddress.Of(page) ?? throw Refusal.NotFound("Page not found");
        var (key, plain) = (Variant.KeyOf(path, site.Now.VisitorOf(context.Request, kind).Variant), Variant.KeyOf(path, null));
        if (board.Find(plain) is null && board.Find(key) is null) throw Refusal.NotFound("Page not found");
        if (topics.Readers >= limits.Value.LiveReaders) throw Refusal.Unavailable("Too many readers listen already; look again from time to time");

        var client = ClientAddress.Of(context);
        if (!topics.TryJoin(key, client, limits.Value.LiveReadersPerAddress))
            throw new Refusal(StatusCodes.Status429TooManyRequests, "TOO_MANY_REQUESTS", "Too many readers at this address listen already; look again from time to time");
        try
        {
            var response = context.Response;
            response.ContentType = "text/event-stream";
            response.Headers.CacheControl = "no-cache, no-store";
            response.Headers["X-Accel-Buffering"] = "no";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await TellAsync(context, key, plain);
        }
        catch (OperationCanceledException)
        {
            // It has gone, or takes nothing any more, or the process ends.
            context.Abort();
        }
        finally
        {
            topics.Leave(key, client);
        }
    }

    private async Task TellAsync(HttpContext context, string key, string plain)
    {
        var told = long.TryParse(context.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out var last) ? last : -1;
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        await SendAsync(context, Greeting);
        while (true)
        {
            var next = topics.NextAsync(key);
            // A variant that nobody asked for of late is not drawn any more; the page of those who chose nothing tells that there is news.
            var version = (board.Find(key) ?? board.Find(plain))?.Version;
            if (version is { } known && known != told)
            {
                told = known;
                await SendAsync(context, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"event: version\nid: {known}\ndata: {known}\n\n")));
            }
            else if (version is not null)
            {
                await SendAsync(context, Beat);
            }
            // Else a stop of the process would wait for its readers; they come back by themselves, to another gateway.
            await next.WaitAsync(stopping.Token);
        }
    }

    private async Task SendAsync(HttpContext context, byte[] bytes)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, context.RequestAborted);
        await context.Response.Body.WriteAsync(bytes, either.Token);
        await context.Response.Body.FlushAsync(either.Token);
    }
}

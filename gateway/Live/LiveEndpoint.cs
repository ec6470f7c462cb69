using System.Globalization;
using System.Text;
using Kener.Gateway.Limits;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Limits;
using Kener.ServiceDefaults.Snapshots;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Kener.Gateway.Live;

/// <summary>
/// Handles <c>GET /live?page=/europe</c>: sends a server-sent event for each new version of a page, and nothing else; the client fetches the page
/// itself, from memory. The event's id is the version, so a client that reconnects learns at once whether it missed one.
/// </summary>
internal sealed class LiveEndpoint(
    LiveTopics topics, SnapshotStore board, CurrentSite site, IOptions<LimitSettings> limits, TimeProvider clock, IHostApplicationLifetime lifetime)
{
    /// <summary>How long a write to a reader may take before the connection is dropped.</summary>
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
            // The reader has disconnected or stopped reading, or the process is stopping.
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
            // A variant that was not requested lately is no longer rendered; the version of the default page then shows that something changed.
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
            // Also ends when the process stops, which would otherwise wait for the readers. They reconnect by themselves, to another gateway.
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

using System.Text;
using System.Text.Json;
using Kener.ServiceDefaults.Snapshots;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kener.ServiceDefaults.Errors;

/// <summary>Converts exceptions and error statuses to error responses; no other code does.</summary>
public static class ErrorResponses
{
    /// <summary>The log category of requests that failed with 500.</summary>
    public const string Category = "Kener.Errors";

    /// <summary>
    /// Adds the outermost middleware. Every refusal, thrown or set as a status without a body, is answered in the API's error format under /api and
    /// for heartbeats, and as a page or short plain text elsewhere. An outage is 503 with its reason, logged once a minute. Every other exception is
    /// a bug: it is logged and answered 500 without details.
    /// </summary>
    public static IApplicationBuilder UseErrorResponses(this IApplicationBuilder app)
    {
        var log = app.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(Category);
        var outages = app.ApplicationServices.GetRequiredService<Outages>();
        return app.Use(async (context, next) =>
        {
            if (context.Request.Headers.TransferEncoding.Count > 0) context.Request.Body = new ClientBody(context.Request.Body);
            try
            {
                await next(context);
            }
            catch (Exception fault) when (!context.Response.HasStarted)
            {
                // The client has closed the connection, perhaps in the middle of its body.
                if (fault is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested) return;
                var (status, code, message) = Describe(fault, outages);
                var path = SecretPath.ForLogs(context.Request.Path);
                if (status == StatusCodes.Status503ServiceUnavailable) outages.Report($"{context.Request.Method} {path}", message, fault);
                else if (status >= 500) log.LogError(fault, "{Method} {Path} failed with {Status}", context.Request.Method, path, status);
                await WriteAsync(context, status, code, message);
                return;
            }
            if (context.Response.StatusCode >= 400 && !context.Response.HasStarted && context.Response.ContentType is null)
            {
                var (code, message) = Words(context.Response.StatusCode, context.Request);
                await WriteAsync(context, context.Response.StatusCode, code, message);
            }
        });
    }

    /// <summary>
    /// Writes an error in the API's format for API calls and heartbeats. Elsewhere a browser receives a page, in the site's look if that is known,
    /// and every other client plain text. Keeps the headers that were set, except those of a body.
    /// </summary>
    public static Task WriteAsync(HttpContext context, int status, string code, string message)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.Headers.ContentLength = null;
        response.Headers.CacheControl = "no-store";
        if (status == StatusCodes.Status503ServiceUnavailable) response.Headers.TryAdd("Retry-After", "5");
        var api = context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) || SecretPath.IsSecret(context.Request.Path);
        var browser = !api && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
        if (browser && PageOf(context, status) is { } page) return SnapshotResponse.WriteErrorAsync(context, page);
        response.ContentType = (api ? "application/json" : browser ? "text/html" : "text/plain") + "; charset=utf-8";
        if (!api) response.Headers.Vary = "Accept";
        if (browser) response.Headers.ContentSecurityPolicy = ErrorPage.Policy;
        if (HttpMethods.IsHead(context.Request.Method)) return Task.CompletedTask;
        if (!api) return response.WriteAsync(browser ? ErrorPage.Of(status, message) : message, context.RequestAborted);

        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("error");
            json.WriteString("code", code);
            json.WriteString("message", message);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return response.WriteAsync(Encoding.UTF8.GetString(buffer.ToArray()), context.RequestAborted);
    }

    /// <summary>Returns the site's own page for the error, in the visitor's language and theme; null if there is none.</summary>
    private static Snapshot? PageOf(HttpContext context, int status)
    {
        int? drawn = status switch { 404 => 404, 410 => 410, 502 or 503 or 504 => 503, _ => null };
        if (drawn is null || context.RequestServices.GetService<SnapshotStore>() is not { } board) return null;
        var site = context.RequestServices.GetRequiredService<CurrentSite>().Now;
        var sees = site.VisitorOf(context.Request).Sees;
        return board.Find(Variant.KeyOfError(drawn.Value, sees.Language, sees.Theme));
    }

    private static (int Status, string Code, string Message) Describe(Exception fault, Outages outages) => fault switch
    {
        Refusal refusal => (refusal.Status, refusal.Code, refusal.Message),
        BadHttpRequestException { StatusCode: 413 } => (413, "PAYLOAD_TOO_LARGE", "The request body is too large"),
        BadHttpRequestException bad => (bad.StatusCode, "BAD_REQUEST", "The request could not be read"),
        _ when outages.ReasonOf(fault) is { } reason => (503, "UNAVAILABLE", reason),
        _ => (500, "INTERNAL_ERROR", "Something went wrong on our side"),
    };

    private static (string Code, string Message) Words(int status, HttpRequest request) => status switch
    {
        400 => ("BAD_REQUEST", "The request could not be read"),
        401 => ("UNAUTHORIZED", "Missing or invalid authorization header"),
        403 => ("FORBIDDEN", "You do not have permission to perform this action"),
        404 => ("NOT_FOUND", request.Path.StartsWithSegments("/api") ? $"No API route matches '{request.Path}'" : "Not found"),
        405 => ("METHOD_NOT_ALLOWED", $"{request.Method} method not allowed"),
        413 => ("PAYLOAD_TOO_LARGE", "The request body is too large"),
        414 => ("URI_TOO_LONG", "The address is too long"),
        415 => ("UNSUPPORTED_MEDIA_TYPE", "The request body has a type that is not understood here"),
        431 => ("HEADERS_TOO_LARGE", "The headers are too large"),
        429 => ("TOO_MANY_REQUESTS", "Too many requests; slow down"),
        502 or 503 or 504 => ("UNAVAILABLE", "The service can not be reached now; try again later"),
        _ => ("ERROR", "The request failed"),
    };
}

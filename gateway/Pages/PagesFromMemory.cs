using System.Globalization;
using Kener.ServiceDefaults;

namespace Kener.Gateway.Pages;

/// <summary>
/// Answers pages from the board, without asking anybody (architecture rules 7 and 8). A page that is not there is asked of its owner.
/// </summary>
internal sealed class PagesFromMemory(RequestDelegate next, SnapshotBoard board, OldPages oldPages)
{
    private const string Home = "page:/", IncidentPrefix = "/incidents/";

    public Task InvokeAsync(HttpContext context)
    {
        if (KeyOf(context.Request) is not { } key) return next(context);
        if (board.Find(key) is not { } snapshot) return next(context);
        if (oldPages.AgeSeconds is not { } age) return SnapshotAnswer.WriteAsync(context, snapshot);
        context.Response.Headers.Age = age.ToString(CultureInfo.InvariantCulture);
        return SnapshotAnswer.WriteAsync(context, oldPages.WithNotice(snapshot));
    }

    /// <summary>The board's key of the page that is asked for; null where it is no page, or no way to ask for one.</summary>
    private static string? KeyOf(HttpRequest request)
    {
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method)) return null;
        var path = request.Path.Value;
        if (path is null or "" or "/") return Home;
        if (!path.StartsWith(IncidentPrefix, StringComparison.OrdinalIgnoreCase)) return null;
        var id = path.AsSpan(IncidentPrefix.Length).TrimEnd('/');
        if (id.IsEmpty || id.Length > 19 || id.ContainsAnyExceptInRange('0', '9')) return null;
        return $"page:{IncidentPrefix}{id}";
    }
}

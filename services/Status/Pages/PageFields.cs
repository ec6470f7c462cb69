using System.Text.Json;
using System.Text.Json.Nodes;
using Kener.Contracts;
using Kener.ServiceDefaults;

namespace Kener.Status.Pages;

/// <summary>
/// The fields of a page as clients send them, validated with the messages of API v4. ShowsAll: <c>monitors</c> was null, so the home page shows
/// every monitor again.
/// </summary>
internal sealed record PageFields(
    string? Path, string? Title, string? Header, string? Subheader, string? Logo, JsonObject? Settings, IReadOnlyList<string>? Monitors, bool ShowsAll)
{
    private const string TitleRequired = "page_title is required and must be a non-empty string";
    private const string HeaderRequired = "page_header is required and must be a non-empty string";

    /// <summary>Reads the fields of a new page; path, title and header are required.</summary>
    public static PageFields ForNew(JsonElement body)
    {
        const string PathRequired = "page_path is required and must be a string";
        var path = (body.Given("page_path") ?? throw Refusal.BadRequest(PathRequired)).Text(PathRequired);
        var title = NotEmpty(body.Given("page_title") ?? throw Refusal.BadRequest(TitleRequired), TitleRequired);
        var header = NotEmpty(body.Given("page_header") ?? throw Refusal.BadRequest(HeaderRequired), HeaderRequired);
        return Rest(body) with { Path = PagePath.Wanted(path), Title = title, Header = header };
    }

    /// <summary>Reads the fields of an edit; missing ones stay unchanged. The path is not validated, since that depends on the page.</summary>
    public static PageFields ForEdit(JsonElement body) => Rest(body) with
    {
        Path = body.Has("page_path", out var path) ? path.Text("page_path must be a string") : null,
        Title = body.Has("page_title", out var title) ? NotEmpty(title, "page_title must be a non-empty string") : null,
        Header = body.Has("page_header", out var header) ? NotEmpty(header, "page_header must be a non-empty string") : null,
    };

    /// <summary>Applies the fields that are set to the page, except its path and its monitors.</summary>
    public void ApplyTo(StatusPage page, long nowMs)
    {
        page.Title = Title ?? page.Title;
        page.Header = Header ?? page.Header;
        page.Subheader = Subheader ?? page.Subheader;
        page.Logo = Logo ?? page.Logo;
        if (Settings is not null) page.Settings = PageSettings.Merged(page.SetSettings(), Settings);
        page.UpdatedMs = nowMs;
    }

    private static PageFields Rest(JsonElement body) => new(
        null, null, null,
        Subheading(Optional(body, "page_subheader", StatusPage.LongestMarkdown)), Optional(body, "page_logo", StatusPage.LongestUrl),
        body.Has("page_settings", out var settings) ? PageSettings.Checked(settings) : null,
        body.Given("monitors") is { } monitors ? Tags(monitors) : null,
        body.Has("monitors", out var all) && all.ValueKind == JsonValueKind.Null);

    private static string NotEmpty(JsonElement value, string message)
    {
        var text = value.Text(message).Trim();
        if (text.Length == 0) throw Refusal.BadRequest(message);
        return text.Length <= StatusPage.LongestText ? text : throw Refusal.BadRequest($"Text must not be longer than {StatusPage.LongestText} characters");
    }

    /// <summary>Returns the text; empty for a null in the body, null for a missing field.</summary>
    private static string? Optional(JsonElement body, string name, int longest)
    {
        if (!body.Has(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.Null ? "" : value.Text($"{name} must be a string", longest);
    }

    private static string? Subheading(string? markdown) => markdown is not null && MarkdownBounds.Exceeded(markdown) is { } bound
        ? throw Refusal.BadRequest($"page_subheader must not have {bound}") : markdown;

    private static IReadOnlyList<string> Tags(JsonElement value)
    {
        const string Message = "monitors must be an array of monitor tags";
        if (value.ValueKind != JsonValueKind.Array) throw Refusal.BadRequest(Message);
        if (value.GetArrayLength() > StatusPage.MostMonitors) throw Refusal.BadRequest($"monitors must not hold more than {StatusPage.MostMonitors} tags");
        return [.. value.EnumerateArray().Select(tag => tag.Text(Message)).Distinct(StringComparer.Ordinal)];
    }
}

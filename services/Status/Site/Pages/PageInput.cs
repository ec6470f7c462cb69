using System.Text.Json;
using System.Text.Json.Nodes;
using Kener.Contracts;
using Kener.ServiceDefaults.Errors;
using Kener.ServiceDefaults.Json;
using Kener.ServiceDefaults.OpenApi;
using Kener.Status.Site.OpenApi;

namespace Kener.Status.Site.Pages;

/// <summary>What a client sends to create or change a page. Invalid values are refused with API v4's error texts.</summary>
internal sealed record PageInput
{
    private const string PathRequired = "page_path is required and must be a string";
    private const string TitleRequired = "page_title is required and must be a non-empty string";
    private const string HeaderRequired = "page_header is required and must be a non-empty string";

    /// <summary>The page's path, one segment (Behavior: PAG-9). Required for a new page; that of the home page, ~home, never changes.</summary>
    public Optional<string> PagePath { get; init; }
    /// <summary>The page's name, up to 255 characters. Required for a new page.</summary>
    public Optional<string> PageTitle { get; init; }
    /// <summary>The heading on the page, up to 255 characters. Required for a new page.</summary>
    public Optional<string> PageHeader { get; init; }
    /// <summary>Markdown below the heading; null for none.</summary>
    public Optional<string?> PageSubheader { get; init; }
    /// <summary>Address of the page's logo; null for none.</summary>
    public Optional<string?> PageLogo { get; init; }
    /// <summary>The page's display settings, merged into the present ones key by key (Behavior: PAG-11).</summary>
    [Shape(typeof(PageSettingsShape))]
    public Optional<JsonObject> PageSettings { get; init; }
    /// <summary>
    /// Tags of the monitors on the page, in order; they replace the previous ones. Null for all monitors, on the home page only (Behavior: PAG-8).
    /// </summary>
    public Optional<IReadOnlyList<string>?> Monitors { get; init; }

    /// <summary>Reads the fields in API v4's order: path, title and header come first for a new page, and last for a change.</summary>
    public static PageInput Read(InputBody body) => body.IsNew ? Rest(body, Head(body, new())) : Head(body, Rest(body, new()));

    private static PageInput Head(InputBody body, PageInput input) => input with
    {
        PagePath = body.ReadRequired(nameof(PagePath), PathRequired, value => value.Text(body.IsNew ? PathRequired : "page_path must be a string")),
        PageTitle = body.ReadRequired(nameof(PageTitle), TitleRequired, value => NotEmpty(value, body.IsNew ? TitleRequired : "page_title must be a non-empty string")),
        PageHeader = body.ReadRequired(nameof(PageHeader), HeaderRequired, value => NotEmpty(value, body.IsNew ? HeaderRequired : "page_header must be a non-empty string")),
    };

    private static PageInput Rest(InputBody body, PageInput input) => input with
    {
        PageSubheader = body.Read(nameof(PageSubheader), ReadSubheader),
        PageLogo = body.Read(nameof(PageLogo), value => value.TextOrNull("page_logo", StatusPage.LongestUrl)),
        PageSettings = body.Read(nameof(PageSettings), Pages.PageSettings.Checked),
        Monitors = body.Read(nameof(Monitors), ReadTags),
    };

    private static string NotEmpty(JsonElement value, string message)
    {
        var text = value.Text(message).Trim();
        if (text.Length == 0) throw Refusal.BadRequest(message);
        return text.Length <= StatusPage.LongestText ? text : throw Refusal.BadRequest($"Text must not be longer than {StatusPage.LongestText} characters");
    }

    private static string? ReadSubheader(JsonElement value)
    {
        var markdown = value.TextOrNull("page_subheader", StatusPage.LongestMarkdown);
        return markdown is not null && MarkdownBounds.Exceeded(markdown) is { } bound
            ? throw Refusal.BadRequest($"page_subheader must not have {bound}") : markdown;
    }

    private static IReadOnlyList<string>? ReadTags(JsonElement value)
    {
        const string Message = "monitors must be an array of monitor tags";
        if (value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind != JsonValueKind.Array) throw Refusal.BadRequest(Message);
        if (value.GetArrayLength() > StatusPage.MostMonitors) throw Refusal.BadRequest($"monitors must not hold more than {StatusPage.MostMonitors} tags");
        return [.. value.EnumerateArray().Select(tag => tag.Text(Message)).Distinct(StringComparer.Ordinal)];
    }
}

using System.Text.Json.Nodes;
using Kener.Persistence;

namespace Kener.Status.Site.Pages;

/// <summary>A page as its operator defined it: its path, its texts and settings, and the monitors that it shows.</summary>
internal sealed class StatusPage : IAggregate
{
    public const int LongestPath = 100, LongestText = 255, LongestMarkdown = 10_000, LongestUrl = 2_048, MostMonitors = 10_000;

    /// <summary>The maximum number of pages: each is rendered at every change and kept in memory.</summary>
    public const int Most = 200;

    /// <summary>API v4's name of the home page, whose path is empty.</summary>
    public const string HomeWord = "~home";

    public long Id { get; set; }
    public long Version { get; set; } = 1;
    /// <summary>One segment; empty for the home page, which can be neither moved nor deleted.</summary>
    public required string Path { get; set; }
    public required string Title { get; set; }
    public required string Header { get; set; }
    /// <summary>Markdown.</summary>
    public string Subheader { get; set; } = "";
    public string Logo { get; set; } = "";
    /// <summary>The <see cref="PageSettings"/> that were set, and unknown keys that a client sent; a JSON object.</summary>
    public string Settings { get; set; } = "{}";
    /// <summary>
    /// The ids of its monitors, in order; null for every visible monitor. Ids are never used again, so those of deleted monitors are skipped and
    /// need not be removed.
    /// </summary>
    public List<long>? MonitorIds { get; set; }
    public long CreatedMs { get; set; }
    public long UpdatedMs { get; set; }

    public bool IsHome => Path.Length == 0;

    /// <summary>The address below the site: "/" or "/europe".</summary>
    public string Address => "/" + Path;

    /// <summary>Sets what was sent, apart from the path and the monitors; the rest stays as it is.</summary>
    public void Apply(PageInput input, long nowMs)
    {
        Title = input.PageTitle.Or(Title);
        Header = input.PageHeader.Or(Header);
        Subheader = input.PageSubheader.Or(Subheader) ?? "";
        Logo = input.PageLogo.Or(Logo) ?? "";
        if (input.PageSettings.IsSent) Settings = PageSettings.Merged(SetSettings(), input.PageSettings.Value);
        UpdatedMs = nowMs;
    }

    /// <summary>The settings as they were set.</summary>
    public JsonObject SetSettings() => JsonNode.Parse(Settings)!.AsObject();
}

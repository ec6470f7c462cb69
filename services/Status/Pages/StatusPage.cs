using System.Text.Json.Nodes;
using Kener.Persistence;

namespace Kener.Status.Pages;

/// <summary>A page as its operator made it: where it is, what stands on it, and which monitors it shows.</summary>
internal sealed class StatusPage : IAggregate
{
    public const int LongestPath = 100, LongestText = 255, LongestMarkdown = 10_000, LongestUrl = 2_048, MostMonitors = 10_000;

    /// <summary>How many pages there may be: each is drawn at every change and kept in memory.</summary>
    public const int Most = 200;

    /// <summary>The word by which API v4 addresses the home page, whose path is empty.</summary>
    public const string HomeWord = "~home";

    public long Id { get; set; }
    public long Version { get; set; } = 1;
    /// <summary>One segment; empty for the home page, which can neither move nor go.</summary>
    public required string Path { get; set; }
    public required string Title { get; set; }
    public required string Header { get; set; }
    /// <summary>Markdown.</summary>
    public string Subheader { get; set; } = "";
    public string Logo { get; set; } = "";
    /// <summary>What was set of <see cref="PageSettings"/>, and what else a client left there; a JSON object.</summary>
    public string Settings { get; set; } = "{}";
    /// <summary>
    /// Ids, in their order; null for every monitor that may be shown. Ids are never used again, so those of monitors that are gone are
    /// passed over and need no removal.
    /// </summary>
    public List<long>? MonitorIds { get; set; }
    public long CreatedMs { get; set; }
    public long UpdatedMs { get; set; }

    public bool IsHome => Path.Length == 0;

    /// <summary>The address below the site: "/" or "/europe".</summary>
    public string Address => "/" + Path;

    /// <summary>The settings as they were set.</summary>
    public JsonObject SetSettings() => JsonNode.Parse(Settings)!.AsObject();
}

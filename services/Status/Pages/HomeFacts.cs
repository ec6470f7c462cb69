using Kener.Contracts;
using Kener.Status.History;

namespace Kener.Status.Pages;

/// <summary>A shown monitor and its history.</summary>
internal sealed record MonitorFacts(MonitorChanged Monitor, MonitorPast Past);

/// <summary>All that the home page is made of, besides the present instant.</summary>
internal sealed record HomeFacts(IReadOnlyList<MonitorFacts> Monitors, IReadOnlyList<IncidentChanged> Incidents);

/// <summary>Who is shown in public.</summary>
internal static class Visibility
{
    /// <summary>The organisation's name, until it can be set.</summary>
    public const string SiteName = "Kener";

    /// <summary>Only such a monitor is ever named in public.</summary>
    public static bool IsVisible(this MonitorChanged monitor) => monitor is { Deleted: false, Active: true, Hidden: false };
}
